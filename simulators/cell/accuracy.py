"""What an instrument makes of a true value: an offset and a gain of its own, noise, and counts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np
import yaml
from numpy.typing import NDArray

__all__ = ["Accuracy", "Meter", "load_accuracy"]

Quantity = Literal["voltage", "current"]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """One range of one quantity; values are shares of full scale, but full scale and resolution themselves."""

    full_scale: float
    offset: float
    """Standard deviation from channel to channel."""
    gain: float
    """The same, of a reading at full scale."""
    noise: float
    """Standard deviation of one reading."""
    resolution: float
    source: str

    def meter(self, seed: int) -> Meter:
        """Return one channel's meter; seed 0 is one without offset and gain error."""
        own = np.random.default_rng(seed).standard_normal(2) if seed else np.zeros(2)
        return Meter(self, float(own[0]) * self.offset * self.full_scale, 1 + float(own[1]) * self.gain)

    def counted(self, readings: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return readings in whole counts; beyond full scale a reading stands still there."""
        return np.clip(np.round(readings / self.resolution) * self.resolution, -self.full_scale, self.full_scale)


@dataclass(frozen=True, slots=True)
class Meter:
    """One range of one channel, with the error that it was built with."""

    accuracy: Accuracy
    offset: float
    """In the unit of the quantity."""
    gain: float

    def read(self, true: NDArray[np.float64], noise: np.random.Generator) -> NDArray[np.float64]:
        """Return readings of true values, with noise and in counts."""
        spread = noise.standard_normal(true.shape) * (self.accuracy.noise * self.accuracy.full_scale)
        return self.accuracy.counted(self.reading(true) + spread)

    def reading(self, true: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what true values read as on average, between the counts."""
        return true * self.gain + self.offset

    def true_value(self, reading: float) -> float:
        """Return the value that reads as this on average."""
        return (reading - self.offset) / self.gain


@cache
def load_accuracy(instrument: str, quantity: Quantity, range_name: str) -> Accuracy:
    """Read a range of ``accuracy.yaml``: ``("vsp_300", "current", "10 mA")``. Raises ValueError when unknown."""
    file = resources.files("simulators.cell") / "accuracy.yaml"
    known = yaml.safe_load(file.read_text(encoding="utf-8"))
    ranges = known.get(instrument, {}).get(quantity, {})
    if range_name not in ranges:
        raise ValueError(
            f"{instrument} has no {quantity} range {range_name!r}; there are {', '.join(ranges) or 'none'}"
        )
    return Accuracy(**ranges[range_name])
