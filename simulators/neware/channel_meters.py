"""The two meters of a channel: what it reads, and what of that it records."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulators.cell import VirtualCell
from simulators.cell.accuracy import Accuracy, Meter, load_accuracy
from simulators.neware.channel_hardware import ChannelAccuracy, ChannelHardware
from simulators.neware.metered_cell import MeteredCell
from simulators.neware.open_clips import TestObject

__all__ = ["ChannelMeters", "full_scales"]

_RANGES: dict[ChannelAccuracy, tuple[str, str]] = {"neware_5V_50mA": ("5 V", "50 mA")}
"""Of voltage and of current; ideal meters have none."""


class ChannelMeters:
    """Ideal meters, or ones with the errors that this channel, by its seed, was built with; seed 0 is without error."""

    def __init__(self, hardware: ChannelHardware) -> None:
        self._hardware = hardware
        self.voltage: Meter | None = None
        self.current: Meter | None = None
        if ranges := _ranges(hardware.accuracy):
            # two seeds of one: the errors of voltage and of current have nothing to do with each other
            seeds = np.random.SeedSequence(hardware.seed).generate_state(2) if hardware.seed else (0, 0)
            self.voltage, self.current = (
                accuracy.meter(int(seed)) for accuracy, seed in zip(ranges, seeds, strict=True)
            )

    def on(self, cell: VirtualCell) -> TestObject:
        """Return the cell as the channel sees it."""
        if self.voltage is None or self.current is None:
            return cell
        return MeteredCell(cell, self.voltage, self.current)

    def recorded_V(self, reading_V: NDArray[np.float64], noise: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return records of voltage readings; ``noise`` in standard deviations."""
        noisy_V = reading_V + noise * self._hardware.voltage_noise_V
        return self.voltage.accuracy.counted(noisy_V) if self.voltage else noisy_V

    def recorded_A(self, reading_A: NDArray[np.float64], noise: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return records of current readings; ``noise`` in standard deviations."""
        noisy_A = reading_A + noise * self._hardware.current_noise_A
        return self.current.accuracy.counted(noisy_A) if self.current else noisy_A


def full_scales(accuracy: ChannelAccuracy) -> tuple[float, float]:
    """Return the largest readings, in V and in A; infinite for ideal meters."""
    ranges = _ranges(accuracy)
    return (ranges[0].full_scale, ranges[1].full_scale) if ranges else (math.inf, math.inf)


def _ranges(accuracy: ChannelAccuracy) -> tuple[Accuracy, Accuracy] | None:
    if accuracy == "ideal":
        return None
    voltage, current = _RANGES[accuracy]
    return load_accuracy(accuracy, "voltage", voltage), load_accuracy(accuracy, "current", current)
