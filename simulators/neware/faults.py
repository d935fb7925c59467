"""What may go wrong with a NEWARE: with one exchange, with the whole system, with one channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simulators.faults.doing import Befall, Doing, Spoil, Undo
from simulators.faults.wire_fault import WIRE_FAULTS, WireFault, parse_wire_fault
from simulators.lab.refusal import LabRefusal
from simulators.neware.commands import ORDERS
from simulators.neware.virtual_neware import VirtualNeware

__all__ = ["parse_doing"]

_CHANNEL_WORDS: Mapping[str, Callable[[VirtualNeware, str], Undo | None]] = {
    "unplug": VirtualNeware.pull,
    "foreign_start": VirtualNeware.foreign_start,
    "foreign_stop": VirtualNeware.foreign_stop,
    "foreign_pause": VirtualNeware.foreign_pause,
    "foreign_continue": VirtualNeware.foreign_continue,
}
_UNDOABLE = ("unplug",)


def parse_doing(bts: VirtualNeware, do: object, channels: Sequence[str], reset: Callable[[], None]) -> Doing[WireFault]:
    """Read ``do``; ``reset`` cuts every connection. Raises LabRefusal."""
    wire = parse_wire_fault(do)
    if wire is not None:
        return Spoil(wire, ORDERS.__contains__) if wire.kind == "false_ack" else Spoil(wire)
    match do:
        case "reboot":
            return Befall(lambda: _reboot(bts, reset), lasting=False, ends_exchange=True)
        case str(word) if word in _CHANNEL_WORDS:
            act = _CHANNEL_WORDS[word]
            return _each(bts, channels, word, lambda channel: act(bts, channel), lasting=word in _UNDOABLE)
        case {"plug": dict(cell), **rest} if not rest:
            bts.cell_of(cell)
            return _each(bts, channels, "plug", lambda channel: bts.exchange_cell(channel, cell))
        case _:
            raise LabRefusal(
                f"do must be one of {WIRE_FAULTS}, power_off, power_on, reboot, {', '.join(_CHANNEL_WORDS)} or "
                "{plug: cell}"
            )


def _reboot(bts: VirtualNeware, reset: Callable[[], None]) -> None:
    bts.reboot()
    reset()


def _each(
    bts: VirtualNeware,
    channels: Sequence[str],
    what: str,
    act: Callable[[str], Undo | None],
    *,
    lasting: bool = True,
) -> Befall:
    """Let something befall every one of these channels."""
    if not channels:
        raise LabRefusal(f"{what} happens to a channel: add channel:, such as {next(iter(bts.channels))}")
    for channel in channels:
        bts.channel(channel)

    def act_on_all() -> Undo | None:
        undos = [undo for channel in channels if (undo := act(channel)) is not None]

        def undo_all() -> None:
            for undo in undos:
                undo()

        return undo_all if undos else None

    return Befall(act_on_all, lasting=lasting)
