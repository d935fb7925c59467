"""A legend below a panel, where many entries would cover what it explains."""

from __future__ import annotations

from matplotlib.axes import Axes

__all__ = ["legend_below", "legend_height_in"]

_ACROSS = 2
_LINE_in = 0.145
_UNDER_AXIS_in = 0.4
"""Ticks and label of the axis."""


def legend_height_in(entries: int) -> float:
    """Room that a figure leaves for it below its panels."""
    return 0.1 + _LINE_in * -(-entries // _ACROSS)


def legend_below(axes: Axes, panel_height_in: float) -> None:
    """Draw it under the axis' own texts."""
    under = -_UNDER_AXIS_in / panel_height_in
    close = {"borderaxespad": 0.0, "columnspacing": 0.8, "handletextpad": 0.0, "handlelength": 1.4}
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, under), ncols=_ACROSS, **close)
