"""What may befall a NEWARE and its channels: a hand at its clips or its PC, sensors that fail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.cell import VirtualCell
from simulators.faults.doing import Undo
from simulators.faults.misreading import Misreading
from simulators.lab.refusal import LabRefusal
from simulators.neware.channel import Channel, ChannelError
from simulators.neware.channel_readings import Read
from simulators.neware.step_program import RecordRule, Step, StepProgram
from simulators.neware.virtual_neware import VirtualNeware

__all__ = [
    "exchange_cell",
    "foreign_continue",
    "foreign_pause",
    "foreign_start",
    "foreign_stop",
    "freeze",
    "jump_clock",
    "misread",
    "misread_temperature",
    "unplug",
]

_BUSY = ("working", "pause")
_FOREIGN_BARCODE = "somebody else's"
_FOREIGN_REST = StepProgram((Step(1, "rest", duration_s=1000 * 3600.0), Step(2, "end")), RecordRule(interval_s=60.0))


def unplug(bts: VirtualNeware, text: str) -> Undo:
    """Let the cell drop out of the clips, whatever runs; undone, the same cell is back."""
    return _exchange(bts, text, None)


def exchange_cell(bts: VirtualNeware, text: str, cell: Mapping[str, Any]) -> Undo:
    """Put another, fresh cell between the clips, whatever runs; undone, the one before is back."""
    return _exchange(bts, text, bts.cell_of(cell))


def _exchange(bts: VirtualNeware, text: str, cell: VirtualCell | None) -> Undo:
    channel, before = bts.channel(text), bts.channel(text).cell
    channel.exchange_cell(cell, bts.now_unix_s)
    return lambda: channel.exchange_cell(before, bts.now_unix_s)


def foreign_start(bts: VirtualNeware, text: str) -> None:
    """Let somebody else start a test here, a rest of a thousand hours, in place of whatever runs."""
    channel, now_unix_s = bts.channel(text), bts.now_unix_s
    channel.advance(now_unix_s)
    if channel.workstatus in _BUSY:
        channel.stop(now_unix_s)
    channel.start(_FOREIGN_REST, _FOREIGN_BARCODE, now_unix_s, bts.next_testid())


def foreign_stop(bts: VirtualNeware, text: str) -> None:
    """Let somebody else stop what runs here; raises LabRefusal where nothing does."""
    _foreign(bts, text, Channel.stop)


def foreign_pause(bts: VirtualNeware, text: str) -> None:
    """Let somebody else pause what runs here; raises LabRefusal where nothing does."""
    _foreign(bts, text, Channel.pause)


def foreign_continue(bts: VirtualNeware, text: str) -> None:
    """Let somebody else continue what is paused here; raises LabRefusal where nothing is."""
    _foreign(bts, text, Channel.resume)


def _foreign(bts: VirtualNeware, text: str, act: Callable[[Channel, float], None]) -> None:
    try:
        act(bts.channel(text), bts.now_unix_s)
    except ChannelError as refusal:
        raise LabRefusal(str(refusal)) from refusal


def misread(bts: VirtualNeware, text: str, quantity: Read, wrong: Misreading) -> Undo:
    """Let a channel read its voltage or current wrongly; undone, as it did before."""
    channel = bts.channel(text)
    before = channel.readings.wrong[quantity]
    channel.misread(quantity, wrong, bts.now_unix_s)
    return lambda: channel.misread(quantity, before, bts.now_unix_s)


def misread_temperature(bts: VirtualNeware, text: str, wrong: Misreading) -> Undo:
    """Let the sensor on a channel's cell tell something wrong; undone, what it did before."""
    told = bts.channel(text).readings.temperature
    before = told.present
    told.change(bts.now_unix_s, wrong)
    return lambda: told.change(bts.now_unix_s, before)


def jump_clock(bts: VirtualNeware, by_s: float) -> Undo:
    """Let somebody set its wall clock; undone, it is set back by as much."""
    bts.clock.jump(bts.now_unix_s, by_s)
    return lambda: bts.clock.jump(bts.now_unix_s, -by_s)


def freeze(bts: VirtualNeware) -> Undo:
    """Let everything that it tells stand still while it runs on; undone, it tells the present again."""
    bts.frozen_unix_s = bts.now_unix_s if bts.frozen_unix_s is None else bts.frozen_unix_s

    def thaw() -> None:
        bts.frozen_unix_s = None

    return thaw
