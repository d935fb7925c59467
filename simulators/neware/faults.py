"""What may go wrong with a NEWARE: with one exchange, with the whole system, with one channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simulators.faults.amounts import jump_s
from simulators.faults.doing import Befall, Doing, Spoil, Undo
from simulators.faults.misreading import parse_misreading
from simulators.faults.wire_fault import WIRE_FAULTS, WireFault, parse_wire_fault
from simulators.lab.refusal import LabRefusal
from simulators.neware import befalling
from simulators.neware.channel_readings import Read
from simulators.neware.commands import ORDERS
from simulators.neware.virtual_neware import VirtualNeware

__all__ = ["parse_doing"]

_CHANNEL_WORDS: Mapping[str, Callable[[VirtualNeware, str], Undo | None]] = {
    "unplug": befalling.unplug,
    "foreign_start": befalling.foreign_start,
    "foreign_stop": befalling.foreign_stop,
    "foreign_pause": befalling.foreign_pause,
    "foreign_continue": befalling.foreign_continue,
}
_LASTING = ("unplug",)
_READINGS: Mapping[Read, str] = {"voltage": "V", "current": "A"}
_ALL = (
    f"{WIRE_FAULTS}, power_off, power_on, reboot, frozen, {{clock_jump: 1 h}}, {', '.join(_CHANNEL_WORDS)}, "
    f"{{plug: cell}}, {{voltage: …}}, {{current: …}} or {{temperature: …}}"
)


def parse_doing(bts: VirtualNeware, do: object, channels: Sequence[str], reset: Callable[[], None]) -> Doing[WireFault]:
    """Read ``do``; ``reset`` cuts every connection. Raises LabRefusal."""
    wire = parse_wire_fault(do)
    if wire is not None:
        return Spoil(wire, ORDERS.__contains__) if wire.kind == "false_ack" else Spoil(wire)
    return _of_the_whole(bts, do, reset) or _of_channels(bts, do, channels)


def _of_the_whole(bts: VirtualNeware, do: object, reset: Callable[[], None]) -> Befall | None:
    match do:
        case "reboot":
            return Befall(lambda: _reboot(bts, reset), lasting=False, ends_exchange=True)
        case "frozen":
            return Befall(lambda: befalling.freeze(bts))
        case {"clock_jump": by, **rest} if not rest:
            by_s = jump_s(by)
            return Befall(lambda: befalling.jump_clock(bts, by_s))
    return None


def _of_channels(bts: VirtualNeware, do: object, channels: Sequence[str]) -> Befall:
    match do:
        case str(word) if word in _CHANNEL_WORDS:
            act = _CHANNEL_WORDS[word]
            return _each(bts, channels, word, lambda channel: act(bts, channel), lasting=word in _LASTING)
        case {"plug": dict(cell), **rest} if not rest:
            bts.cell_of(cell)
            return _each(bts, channels, "plug", lambda channel: befalling.exchange_cell(bts, channel, cell))
        case {"voltage": told, **rest} if not rest:
            return _misreading(bts, channels, "voltage", told)
        case {"current": told, **rest} if not rest:
            return _misreading(bts, channels, "current", told)
        case {"temperature": told, **rest} if not rest:
            if bts.section.temperature_aux is None:
                raise LabRefusal("temperature: its channels have no sensor; give it temperature_aux in the lab file")
            wrong = parse_misreading(told, "K")
            return _each(
                bts, channels, "temperature", lambda channel: befalling.misread_temperature(bts, channel, wrong)
            )
        case _:
            raise LabRefusal(f"do must be one of {_ALL}")


def _misreading(bts: VirtualNeware, channels: Sequence[str], quantity: Read, told: object) -> Befall:
    wrong = parse_misreading(told, _READINGS[quantity])
    if quantity == "voltage" and wrong.scale < 0:
        raise LabRefusal("voltage: scale must be positive: nothing can be held at a voltage that reads the wrong way")
    return _each(bts, channels, quantity, lambda channel: befalling.misread(bts, channel, quantity, wrong))


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
