"""Noise of the process value: the same at the same tick, whoever asks and however often."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["SensorNoise"]

_BLOCK = 4096


class SensorNoise:
    """Standard normal deviates by tick number, made in blocks."""

    def __init__(self, seed: int, amplitude_K: float) -> None:
        self._seed, self._amplitude_K = seed, amplitude_K
        self._number = -1
        self._block: NDArray[np.float64] = np.empty(0)

    def at_K(self, tick: int) -> float:
        """Noise of one tick."""
        number, index = divmod(tick, _BLOCK)
        if number != self._number:
            self._number, self._block = number, self._make(number)
        return float(self._block[index])

    def every_K(self, count: int, stride: int) -> NDArray[np.float64]:
        """Noise of ticks 0, stride, 2 stride and so on, so many."""
        blocks = range((max(count - 1, 0) * stride) // _BLOCK + 1)
        return np.concatenate([self._make(number) for number in blocks])[: count * stride : stride]

    def _make(self, number: int) -> NDArray[np.float64]:
        return np.random.default_rng([self._seed, number]).standard_normal(_BLOCK) * self._amplitude_K
