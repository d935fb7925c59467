"""The virtual NEWARE itself: channels with their cells, test numbers, and what of it the wire may already know."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from simulators.cell import VirtualCell
from simulators.chamber import VirtualChamber
from simulators.lab.instrument import Progress
from simulators.lab.lab_file import CellSection, NewareSection, first_problem
from simulators.lab.plugged_cell import plugged_cell
from simulators.lab.refusal import LabRefusal
from simulators.neware.address import ChannelAddress
from simulators.neware.channel import Channel, ChannelError, ChannelHardware
from simulators.neware.ledger import TestLedger
from simulators.neware.pc_paths import PcPaths
from simulators.neware.snapshot import Snapshot, WorkStatus
from simulators.neware.step_file import StepFileError, parse_step_file
from simulators.neware.wall_clock import WallClock

__all__ = ["StartOrder", "VirtualNeware"]

logger = logging.getLogger(__name__)

_ALL_ROWS = 1 << 62


@dataclass(frozen=True, slots=True)
class StartOrder:
    """One item of a start request. ``address`` is None where the request named no channel."""

    address: ChannelAddress | None
    barcode: str
    step_file: str
    """Path on the instrument's PC."""


class VirtualNeware:
    """All channels of one BTS. What is *told* is ``status_lag_s`` old; commands act at once."""

    def __init__(
        self,
        section: NewareSection,
        now_unix_s: Callable[[], float],
        chambers: Mapping[str, VirtualChamber] | None = None,
    ) -> None:
        self.section = section
        self.clock = WallClock(ZoneInfo(section.time_zone))
        self.frozen_unix_s: float | None = None
        """Since when what it tells stands still; None while it does not."""
        self.channels = {
            address: Channel(str(address), None, _hardware(section, address))
            for device in section.devices
            for address in device.addresses()
        }
        self._now_unix_s = now_unix_s
        self._chambers = chambers or {}
        self._paths = PcPaths(section.paths)
        self._last_testid = 0
        self._ended: dict[tuple[ChannelAddress, int], str] = {}
        for text, cell in section.cells.items():
            self.channels[ChannelAddress.parse(text)].cell = plugged_cell(cell, self._chambers)

    # ---- what the wire is told

    @property
    def now_unix_s(self) -> float:
        """Lab time."""
        return self._now_unix_s()

    @property
    def told_unix_s(self) -> float:
        """Up to when the wire knows what happened."""
        now_unix_s = self._now_unix_s() if self.frozen_unix_s is None else self.frozen_unix_s
        return now_unix_s - self.section.status_lag_s

    def advanced(self, address: ChannelAddress | None) -> Channel | None:
        """Return a channel brought to the present; None where there is no such channel."""
        channel = self.channels.get(address) if address else None
        if channel is not None:
            channel.advance(self.now_unix_s)
        return channel

    def told(self, address: ChannelAddress | None) -> Snapshot | None:
        """Return all of a channel as the wire knows it; None where there is no such channel."""
        channel = self.advanced(address)
        return channel.snapshot(self.told_unix_s) if channel else None

    def told_status(self, address: ChannelAddress | None) -> WorkStatus | None:
        """Return only the work state as the wire knows it; None where there is no such channel."""
        channel = self.advanced(address)
        return channel.workstatus_at(self.told_unix_s) if channel else None

    def told_test(self, address: ChannelAddress | None, testid: int) -> TestLedger | None:
        """One test of a channel, 0 being the latest that the wire knows of; None where there is none."""
        channel = self.advanced(address)
        if channel is None:
            return None
        told_unix_s = self.told_unix_s
        for test in reversed(channel.tests):
            if test.start_unix_s <= told_unix_s and testid in (0, test.testid):
                return test
        return None

    # ---- what the wire may do

    def command(self, address: ChannelAddress | None, act: Callable[[Channel, float], object]) -> bool:
        """Bring a channel to the present and let it act; False where it refuses or does not exist."""
        channel = self.advanced(address)
        if channel is None:
            return False
        try:
            return act(channel, self.now_unix_s) is not False
        except ChannelError as refusal:
            logger.info("%s refused: %s", address, refusal)
            return False

    def start(self, orders: Sequence[StartOrder]) -> list[bool]:
        """Start a batch; those that start share one new test id."""
        testid = self._last_testid + 1
        outcomes = [self._start(order, testid) for order in orders]
        if any(outcomes):
            self._last_testid = testid
        return outcomes

    def _start(self, order: StartOrder, testid: int) -> bool:
        path = self._paths.locate(order.step_file)
        try:
            program = parse_step_file(path.read_bytes() if path else b"")
        except (OSError, StepFileError) as error:
            logger.info("%s not started, %r: %s", order.address, order.step_file, error)
            return False

        def start(channel: Channel, now_unix_s: float) -> None:
            before = channel.workstatus
            channel.start(program, order.barcode, now_unix_s, testid)
            if len(channel.tests) > 1 and order.address is not None:
                self._ended[order.address, channel.tests[-2].testid] = before

        return self.command(order.address, start)

    # ---- what the lab may do

    def plug(self, text: str, cell: Mapping[str, Any]) -> None:
        """Put a fresh virtual cell into a channel."""
        self._set_cell(text, self.cell_of(cell))

    def cell_of(self, cell: Mapping[str, Any]) -> VirtualCell:
        """Return a fresh cell that is described as in the lab file; raises LabRefusal."""
        try:
            return plugged_cell(CellSection.model_validate(dict(cell)), self._chambers)
        except ValidationError as error:
            raise LabRefusal(f"cell.{first_problem(error)}") from error

    def unplug(self, text: str) -> None:
        """Leave the clips open."""
        self._set_cell(text, None)

    def _set_cell(self, text: str, cell: VirtualCell | None) -> None:
        channel = self.channel(text)
        channel.advance(self.now_unix_s)
        try:
            channel.cell = cell
        except ChannelError as refusal:
            raise LabRefusal(f"{text}: {refusal}") from refusal

    def cells(self) -> dict[str, dict[str, Any]]:
        """Plugged cells by channel, with what they stand at."""
        plugged = {}
        for address, channel in self.channels.items():
            channel.advance(self.now_unix_s)
            if (cell := channel.cell) is not None:
                now = channel.snapshot(self.now_unix_s)
                plugged[str(address)] = {
                    "material": cell.parameters.name,
                    "active_mass_g": cell.active_mass_g,
                    "area_cm2": cell.area_cm2,
                    "temperature_degC": cell.at_degC(self.now_unix_s),
                    "seed": cell.seed,
                    "voltage_V": now.voltage_V,
                    "current_A": now.current_A,
                    "state": asdict(cell.state),
                }
        return plugged

    def tests(self) -> list[dict[str, Any]]:
        """Every test in memory, by channel and in order of their start."""
        found = []
        for address, channel in self.channels.items():
            channel.advance(self.now_unix_s)
            found += [
                {
                    "channel": str(address),
                    "test_id": test.testid,
                    "barcode": test.barcode,
                    "state": self._ended.get((address, test.testid), channel.workstatus),
                    "records": test.count(self.now_unix_s),
                }
                for test in channel.tests
            ]
        return found

    def ledger(self, text: str, test_id: int) -> dict[str, npt.NDArray[np.generic]]:
        """All records of a test up to now."""
        channel = self.channel(text)
        channel.advance(self.now_unix_s)
        for test in channel.tests:
            if test.testid == test_id:
                rows = test.rows(1, _ALL_ROWS, self.now_unix_s)
                columns = {column.name: getattr(rows, column.name) for column in fields(rows)}
                columns["unix_time_s"] = self.clock.shown_unix_s(rows.unix_time_s)
                if self.section.temperature_aux is not None:
                    columns[self.section.temperature_aux] = test.thermometer.read_degC(rows.unix_time_s)
                return columns
        raise LabRefusal(f"{text} has no test {test_id}")

    def channel(self, text: str) -> Channel:
        """Return a channel by its name in the lab; raises LabRefusal."""
        try:
            return self.channels[ChannelAddress.parse(text)]
        except (ValueError, KeyError) as error:
            raise LabRefusal(f"there is no channel {text!r:.80}") from error

    def progress(self, text: str) -> Progress:
        """How far a channel has come over all its tests."""
        channel = self.channel(text)
        now_unix_s = self.now_unix_s
        channel.advance(now_unix_s)
        tests = channel.tests
        steps = sum(max(0, test.steps_begun(now_unix_s) - 1) for test in tests)
        return Progress(len(tests), steps, sum(test.count(now_unix_s) for test in tests))

    def next_testid(self) -> int:
        """Take the next number."""
        self._last_testid += 1
        return self._last_testid

    def reboot(self) -> None:
        """Lose every test, running or over, and count tests from 1 again.

        # unconfirmed on hardware: what a BTS and its middle machines forget when they lose their power
        """
        for channel in self.channels.values():
            channel.forget(self.now_unix_s)
        self._last_testid = 0
        self._ended.clear()


def _hardware(section: NewareSection, address: ChannelAddress) -> ChannelHardware:
    """Every channel measures with its own, reproducible noise."""
    seed = (address.devid * 1000 + address.subdevid) * 1000 + address.chlid
    return ChannelHardware(**section.channel.model_dump(), seed=seed)
