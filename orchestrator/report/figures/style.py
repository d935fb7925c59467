"""How figures look: readable in print, in grey and to the colour-blind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl

__all__ = ["INK", "PALETTE", "SHADES", "STYLE", "WIDTH_in", "shades"]

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito's: told apart with any colour vision."""
SHADES = "viridis"
INK = "#222222"
WIDTH_in = 7.1
"""Text width of an A4 page with margins of 15 mm."""

STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.titleweight": "bold",
    "axes.labelsize": 8,
    "axes.labelpad": 2.5,
    "axes.titlepad": 4.0,
    "axes.titley": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.7,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.5,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "xtick.color": INK,
    "ytick.color": INK,
    "lines.linewidth": 1.1,
    "lines.markersize": 3.5,
    "legend.fontsize": 7,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "figure.facecolor": "white",
    "path.simplify_threshold": 0.3,
    "svg.fonttype": "path",
    "svg.hashsalt": "cellbench",
}
"""Text is drawn as outlines: a page looks the same on every machine, with whatever fonts it has.

The title's height is given: finding it would lay out all ticks of every panel once more.
"""


def shades(count: int) -> Sequence[Any]:
    """So many colours of one scale, dark to light without its palest end, which paper swallows."""
    scale = mpl.colormaps[SHADES]
    return [scale(0.0 if count < 2 else 0.85 * place / (count - 1)) for place in range(count)]
