"""Where a cell lies, as far as it feels that: a temperature that changes under it."""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

__all__ = ["Warmth", "WarmthChange"]


class WarmthChange(NamedTuple):
    """From an instant on a cell is so warm."""

    unix_s: float
    temperature_degC: float


class Warmth(Protocol):
    """The temperature of one cell over time, known up to now. Who drives the cell asks, and sets it on the cell."""

    def at_degC(self, unix_s: float) -> float:
        """Temperature at an instant that is not in the future."""
        ...

    def degC(self, unix_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Likewise at many."""
        ...

    def next_change(self, felt_degC: float, after_unix_s: float, until_unix_s: float) -> WarmthChange | None:
        """First in (after, until] that is worth leaving what is felt; None where there is none."""
        ...
