"""The virtual VSP-300 itself: a chassis with channels, and what the lab may do with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from simulators.biologic.channel import Channel
from simulators.biologic.channel_hardware import ChannelHardware
from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.firmware import Firmware
from simulators.cell import VirtualCell
from simulators.chamber import VirtualChamber
from simulators.faults.doing import Undo
from simulators.lab.instrument import Progress
from simulators.lab.lab_file import CellSection, Vsp300Section, first_problem
from simulators.lab.plugged_cell import plugged_cell
from simulators.lab.refusal import LabRefusal

__all__ = ["VirtualVsp300"]


class VirtualVsp300:
    """All channels, by their EClib index, which counts from zero."""

    def __init__(
        self,
        section: Vsp300Section,
        now_unix_s: Callable[[], float],
        chambers: Mapping[str, VirtualChamber] | None = None,
    ) -> None:
        self.section = section
        self.connections = 0
        """How many PCs are connected."""
        self._now_unix_s = now_unix_s
        self._chambers = chambers or {}
        self._last_test_id = 0
        self.channels = {
            number: Channel(number, self._hardware(number), self._cell(section.cells.get(str(number))))
            for number in section.channels
        }
        for channel in self.channels.values():
            channel.firmware = Firmware[section.firmware.upper()]
            channel.advance(now_unix_s())

    def _hardware(self, number: int) -> ChannelHardware:
        board = self.section.board
        return ChannelHardware(**board.model_dump(), seed=self.section.serial * 100 + number)

    # ---- what the wire may do

    def channel(self, number: object) -> Channel:
        """Return a channel brought to the present; raises EclibError CHANNELNOTPLUGGED."""
        channel = self.channels.get(number) if isinstance(number, int) else None
        if channel is None:
            raise EclibError(ErrorCode.CHANNELNOTPLUGGED)
        channel.advance(self._now_unix_s())
        return channel

    def start(self, number: object) -> None:
        """Start a channel; the run gets the next test id."""
        channel = self.channel(number)
        channel.start(self._last_test_id + 1)
        self._last_test_id += 1

    # ---- what the lab may do

    def plug(self, text: str, cell: Mapping[str, Any]) -> None:
        """Put a fresh virtual cell into a channel."""
        self._set_cell(text, self.cell_of(cell))

    def unplug(self, text: str) -> None:
        """Leave the leads open."""
        self._set_cell(text, None)

    def cell_of(self, cell: Mapping[str, Any]) -> VirtualCell:
        """Return a fresh cell that is described as in the lab file; raises LabRefusal."""
        try:
            return plugged_cell(CellSection.model_validate(dict(cell)), self._chambers)
        except ValidationError as error:
            raise LabRefusal(f"cell.{first_problem(error)}") from error

    def _set_cell(self, text: str, cell: VirtualCell | None) -> None:
        try:
            self.named(text).cell = cell
        except EclibError as refusal:
            raise LabRefusal(f"{text}: {refusal}") from refusal

    def named(self, text: str) -> Channel:
        """Return a channel by its name in the lab, brought to the present; raises LabRefusal."""
        try:
            return self.channel(int(text))
        except (ValueError, EclibError) as error:
            raise LabRefusal(f"there is no channel {text!r:.80}") from error

    def cells(self) -> dict[str, dict[str, Any]]:
        """Plugged cells by channel, with what they stand at."""
        plugged = {}
        for number, channel in self.channels.items():
            channel.advance(self._now_unix_s())
            if (cell := channel.cell) is not None:
                shown = channel.shown()
                plugged[str(number)] = {
                    "material": cell.parameters.name,
                    "active_mass_g": cell.active_mass_g,
                    "area_cm2": cell.area_cm2,
                    "temperature_degC": cell.at_degC(self._now_unix_s()),
                    "seed": cell.seed,
                    "voltage_V": float(shown.voltage_V[0]),
                    "current_A": float(shown.current_A[0]),
                    "state": asdict(channel.cell_state()),
                }
        return plugged

    def tests(self) -> list[dict[str, Any]]:
        """Every run in memory, by channel and in the order of their start."""
        found = []
        for number, channel in self.channels.items():
            channel.advance(self._now_unix_s())
            found += [
                {
                    "channel": str(number),
                    "test_id": run.test_id,
                    "barcode": run.name,
                    "state": run.state,
                    "records": run.rows,
                }
                for run in channel.runs
            ]
        return found

    def ledger(self, text: str, test_id: int) -> dict[str, NDArray[np.generic]]:
        """All rows of a run up to now."""
        for run in self.named(text).runs:
            if run.test_id == test_id:
                return run.columns()
        raise LabRefusal(f"{text} has no test {test_id}")

    def _cell(self, section: CellSection | None) -> VirtualCell | None:
        return None if section is None else plugged_cell(section, self._chambers)

    def progress(self, text: str) -> Progress:
        """How far a channel has come over all its runs."""
        runs = self.named(text).runs
        return Progress(len(runs), sum(run.technique_changes for run in runs), sum(run.rows for run in runs))

    # ---- what may befall it

    def exchange_cell(self, channel: Channel, cell: VirtualCell | None) -> Undo:
        """Put another cell between the leads, or none, whatever runs; undone, the one before is back.

        The channel is brought to the present by who asks.
        """
        before = channel.cell
        channel.exchange_cell(cell)
        return lambda: channel.exchange_cell(before)

    def reboot(self) -> None:
        """Lose the firmware of all channels, with whatever ran and lay in their memories."""
        for number, channel in self.channels.items():
            self.channel(number)
            channel.lose_firmware(Firmware.NONE)
            channel.memory.clear()
            channel.techniques = []
