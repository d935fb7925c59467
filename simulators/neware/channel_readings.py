"""What a channel reads of what is between its clips: by its meters, and wrongly where a sensor has failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulators.cell import VirtualCell
from simulators.faults.misreading import RIGHT, Misreading
from simulators.faults.told_temperature import ToldTemperature
from simulators.neware.channel_hardware import ChannelHardware
from simulators.neware.channel_meters import ChannelMeters
from simulators.neware.misread_object import MisreadObject
from simulators.neware.open_clips import OpenClips, TestObject
from simulators.neware.snapshot import Snapshot
from simulators.neware.step_run import StepRecords

__all__ = ["ChannelReadings", "Read"]

Read = Literal["voltage", "current"]


class ChannelReadings:
    """An error in scale or offset is what the channel itself acts upon; a sensor that is stuck is only told."""

    def __init__(self, hardware: ChannelHardware) -> None:
        self.wrong: dict[Read, Misreading] = {"voltage": RIGHT, "current": RIGHT}
        self.temperature = ToldTemperature()
        self._stuck: dict[Read, float] = {}
        self._meters = ChannelMeters(hardware)
        self._clips = OpenClips(hardware.voltage_max_V, hardware.voltage_min_V)

    def misread(self, quantity: Read, wrong: Misreading, shown: Snapshot) -> None:
        """Be wrong in another way, or right again, from now on; ``shown`` is what is shown now."""
        present: Mapping[Read, float] = {"voltage": shown.voltage_V, "current": shown.current_A}
        self.wrong[quantity] = wrong
        self._stuck.pop(quantity, None)
        if (at := wrong.stuck_at(present[quantity])) is not None:
            self._stuck[quantity] = at

    def of(self, cell: VirtualCell | None) -> TestObject:
        """Return the cell, or the open clips, as the channel sees it."""
        item: TestObject = self._clips if cell is None else self._meters.on(cell)
        voltage, current = self.wrong["voltage"], self.wrong["current"]
        return item if voltage is RIGHT and current is RIGHT else MisreadObject(item, voltage, current)

    def recorded_V(self, records: StepRecords, noise: NDArray[np.float64]) -> NDArray[np.float64]:
        """Voltages of records; ``noise`` in standard deviations."""
        return self._told("voltage", self._meters.recorded_V(records.voltage_V, noise))

    def recorded_A(self, records: StepRecords, noise: NDArray[np.float64], *, driven: bool) -> NDArray[np.float64]:
        """Currents of records; at rest nothing is connected to the current's meter."""
        read_A = self._meters.recorded_A(records.current_A, noise) if driven else records.current_A
        return self._told("current", read_A)

    def shown(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot as it is told; a stuck sensor shows the same in the past."""
        if not self._stuck:
            return snapshot
        voltage_V = self._stuck.get("voltage", snapshot.voltage_V)
        return replace(snapshot, voltage_V=voltage_V, current_A=self._stuck.get("current", snapshot.current_A))

    def _told(self, quantity: Read, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.full(values.shape, self._stuck[quantity]) if quantity in self._stuck else values
