"""How figures look: readable in print, in grey and to the colour-blind."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import matplotlib as mpl
from matplotlib.font_manager import fontManager

__all__ = ["INK", "PALETTE", "SHADES", "STYLE", "WIDTH_in", "has_letters_of", "shades", "style_of"]

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


_FONTS = {
    "zh": (
        *("Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
        *("Microsoft YaHei", "SimHei", "PingFang SC", "Hiragino Sans GB"),
    )
}
"""Fonts with the letters of a language that DejaVu has not, best first."""


def style_of(language: str) -> dict[Any, Any]:
    """How figures look in a language: what DejaVu Sans has not is taken from a font that has it, where there is one.

    Many of these fonts are not bold, so no title is.
    """
    font = _font(language)
    if font is None:
        return STYLE
    return STYLE | {"font.family": [STYLE["font.family"], font], "axes.titleweight": "normal"}


def has_letters_of(language: str) -> bool:
    """Whether a figure's words can be written in it here; English are they anyway."""
    return _font(language) is not None


@cache
def _font(language: str) -> str | None:
    installed = {font.name for font in fontManager.ttflist} if language in _FONTS else set()
    return next((name for name in _FONTS.get(language, ()) if name in installed), None)


def shades(count: int) -> Sequence[Any]:
    """So many colours of one scale, dark to light without its palest end, which paper swallows."""
    scale = mpl.colormaps[SHADES]
    return [scale(0.0 if count < 2 else 0.85 * place / (count - 1)) for place in range(count)]
