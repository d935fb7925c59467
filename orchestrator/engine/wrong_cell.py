"""Whether the cell in the channel can be the one that the protocol is for."""

from __future__ import annotations

__all__ = ["TOLERANCE_V", "wrong_cell"]

TOLERANCE_V = 0.005
"""What an instrument's display rounds away, and a cell relaxes by after a step that ended at the edge."""


def wrong_cell(window_V: tuple[float, float] | None, voltage_V: float | None) -> str | None:
    """Why nothing may be started: the cell rests where the protocol's limits would trip at once. None: it may.

    A voltage that the instrument does not tell (None) hinders nothing: the instrument's own limits still hold.
    """
    if window_V is None or voltage_V is None:
        return None
    low_V, high_V = window_V
    if low_V - TOLERANCE_V <= voltage_V <= high_V + TOLERANCE_V:
        return None
    return (
        f"wrong cell? It rests at {voltage_V:.4g} V, and the protocol's limits are {low_V:g} V to {high_V:g} V: "
        "another cell, the wrong way round, or not connected; nothing was started. Look at it, then launch again"
    )
