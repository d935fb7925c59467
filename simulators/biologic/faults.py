"""What may go wrong with a VSP-300: with one call, with the whole instrument, with one channel."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from simulators.biologic.call_fault import CALL_FAULTS, CallFault, parse_call_fault
from simulators.biologic.channel import Channel, Read
from simulators.biologic.error_code import EclibError
from simulators.biologic.firmware import Firmware
from simulators.biologic.foreign_list import foreign_list
from simulators.biologic.virtual_vsp300 import VirtualVsp300
from simulators.faults.doing import Befall, Doing, Spoil, Undo
from simulators.faults.misreading import parse_misreading
from simulators.lab.refusal import LabRefusal

__all__ = ["parse_doing"]

_OPEN_IN = 2


def _lose_firmware(_: VirtualVsp300, channel: Channel) -> None:
    channel.lose_firmware(Firmware.NONE)


def _load_eclab(_: VirtualVsp300, channel: Channel) -> None:
    channel.lose_firmware(Firmware.ECLAB)


def _open_input(_: VirtualVsp300, channel: Channel) -> None:
    channel.option_error = (_OPEN_IN, 0)


def _saturate(_: VirtualVsp300, channel: Channel) -> Undo:
    channel.saturated = True
    return lambda: setattr(channel, "saturated", False)


def _settle(_: VirtualVsp300, channel: Channel) -> None:
    channel.saturated = False


def _over_range(_: VirtualVsp300, channel: Channel) -> None:
    channel.over_range_next = True


def _fill(_: VirtualVsp300, channel: Channel) -> Undo:
    size_bytes = channel.memory.size_bytes
    channel.memory.size_bytes = channel.memory.filled_bytes
    return lambda: setattr(channel.memory, "size_bytes", size_bytes)


def _skip(_: VirtualVsp300, channel: Channel) -> None:
    channel.memory.skipped += 1


def _trigger(_: VirtualVsp300, channel: Channel) -> None:
    channel.trigger()


def _unplug(device: VirtualVsp300, channel: Channel) -> Undo:
    return device.exchange_cell(channel, None)


def _foreign_stop(_: VirtualVsp300, channel: Channel) -> None:
    channel.stop()


def _foreign_start(device: VirtualVsp300, channel: Channel) -> None:
    """Stop what runs, load a list of one's own and start it."""
    channel.stop()
    path, images = foreign_list()
    channel.load_technique(path, images, first=True, last=True)
    channel.experiment = bytes(len(channel.experiment))
    device.start(channel.number)


_WORDS: Mapping[str, Callable[[VirtualVsp300, Channel], Undo | None]] = {
    "firmware_lost": _lose_firmware,
    "eclab_loaded": _load_eclab,
    "open_input": _open_input,
    "saturated": _saturate,
    "unsaturated": _settle,
    "over_range": _over_range,
    "memory_full": _fill,
    "irq_skipped": _skip,
    "trigger": _trigger,
    "unplug": _unplug,
    "foreign_stop": _foreign_stop,
    "foreign_start": _foreign_start,
}
_LASTING = ("saturated", "memory_full", "unplug")


def parse_doing(
    device: VirtualVsp300, do: object, channels: Sequence[str], reset: Callable[[], None]
) -> Doing[CallFault]:
    """Read ``do``; ``reset`` cuts every connection. Raises LabRefusal."""
    fault = parse_call_fault(do)
    if fault is not None:
        return Spoil(fault, fault.concerns)
    match do:
        case "reboot":
            return Befall(lambda: _reboot(device, reset), lasting=False, ends_exchange=True)
        case str(word) if word in _WORDS:
            return _each(device, channels, word, _WORDS[word], lasting=word in _LASTING)
        case {"channel": int(number), "set": str(word), **rest} if word in _WORDS and not rest:
            return Befall(lambda: _guarded(_WORDS[word], device, device.channel(number)), lasting=word in _LASTING)
        case {"plug": dict(cell), **rest} if not rest:
            device.cell_of(cell)
            return _each(device, channels, "plug", lambda it, channel: it.exchange_cell(channel, device.cell_of(cell)))
        case {"voltage": told, **rest} if not rest:
            return _misreading(device, channels, "voltage", told)
        case {"current": told, **rest} if not rest:
            return _misreading(device, channels, "current", told)
        case _:
            raise LabRefusal(
                f"do must be one of {CALL_FAULTS}, power_off, power_on, reboot, {', '.join(_WORDS)}, {{plug: cell}}, "
                "{voltage: …} or {current: …}"
            )


def _misreading(device: VirtualVsp300, channels: Sequence[str], quantity: Read, told: object) -> Befall:
    wrong = parse_misreading(told, "V" if quantity == "voltage" else "A")
    if quantity == "voltage" and wrong.scale < 0:
        raise LabRefusal("voltage: scale must be positive: nothing can be held at a voltage that reads the wrong way")

    def misread(device: VirtualVsp300, channel: Channel) -> Undo:
        before = channel.misreading(quantity)
        channel.misread(quantity, wrong)
        return lambda: device.channel(channel.number).misread(quantity, before)

    return _each(device, channels, quantity, misread)


def _reboot(device: VirtualVsp300, reset: Callable[[], None]) -> None:
    device.reboot()
    reset()


def _each(
    device: VirtualVsp300,
    channels: Sequence[str],
    what: str,
    act: Callable[[VirtualVsp300, Channel], Undo | None],
    *,
    lasting: bool = True,
) -> Befall:
    """Let something befall every one of these channels."""
    if not channels:
        raise LabRefusal(f"{what} happens to a channel: add channel:, such as {next(iter(device.channels))}")
    for channel in channels:
        device.named(channel)

    def act_on_all() -> Undo | None:
        undos = [(channel, _guarded(act, device, device.named(channel))) for channel in channels]

        def undo_all() -> None:
            for channel, undo in undos:
                device.named(channel)  # whatever was due before happened under the fault
                if undo is not None:
                    undo()

        return undo_all if lasting else None

    return Befall(act_on_all, lasting=lasting)


def _guarded(
    act: Callable[[VirtualVsp300, Channel], Undo | None], device: VirtualVsp300, channel: Channel
) -> Undo | None:
    try:
        return act(device, channel)
    except EclibError as refusal:
        raise LabRefusal(str(refusal)) from refusal
