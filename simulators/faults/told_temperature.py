"""What a temperature sensor has told over time, with what was wrong with it when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulators.faults.misreading import RIGHT, Misreading

__all__ = ["ToldTemperature"]

Reading = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""The truth at instants."""


@dataclass(slots=True)
class ToldTemperature:
    """A history, because readings of the past are told as they were then."""

    _changes: list[tuple[float, Misreading]] = field(default_factory=list)

    @property
    def present(self) -> Misreading:
        """As of the last change."""
        return self._changes[-1][1] if self._changes else RIGHT

    def change(self, from_unix_s: float, misreading: Misreading) -> None:
        """Let it be wrong in another way, or right, from an instant on."""
        self._changes.append((from_unix_s, misreading))

    def told_degC(self, unix_s: NDArray[np.float64], true_degC: Reading) -> NDArray[np.float64]:
        """Readings at instants."""
        if not self._changes:
            return true_degC(unix_s)
        told = np.array(true_degC(unix_s))
        ends = [begin for begin, _ in self._changes[1:]]
        for (begin, wrong), end in zip(self._changes, [*ends, np.inf], strict=True):
            during = (unix_s > begin) & (unix_s <= end)
            if during.any():
                stuck = wrong.stuck_at(float(true_degC(np.array([begin]))[0]))
                told[during] = wrong.reading(told[during]) if stuck is None else stuck
        return told
