"""What may go wrong with one call, armed from the control port (:mod:`simulators.lab.fault_plan`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from simulators.biologic.channel import Channel
from simulators.biologic.error_code import ErrorCode
from simulators.biologic.firmware import Firmware
from simulators.biologic.virtual_vsp300 import VirtualVsp300
from simulators.lab.refusal import LabRefusal

__all__ = ["Fault", "parse_fault"]

_WITH_THE_REPLY = ("drop_link", "drop_reply", "close_before_reply", "close_mid_reply", "garble")
_OPEN_IN = 2
_MOST_DELAY_s = 3600


@dataclass(frozen=True, slots=True)
class Fault:
    """``kind`` is how the exchange suffers; ``code``, ``delay_s`` and ``befall`` are what some kinds need."""

    kind: str
    code: int = 0
    delay_s: float = 0.0
    befall: Callable[[VirtualVsp300], None] | None = None


def _lose_firmware(channel: Channel) -> None:
    channel.stop()
    channel.firmware = Firmware.NONE


def _load_eclab(channel: Channel) -> None:
    channel.stop()
    channel.firmware = Firmware.ECLAB


def _open_input(channel: Channel) -> None:
    channel.option_error = (_OPEN_IN, 0)


def _saturate(channel: Channel) -> None:
    channel.saturated = True


def _settle(channel: Channel) -> None:
    channel.saturated = False


def _over_range(channel: Channel) -> None:
    channel.over_range_next = True


def _fill(channel: Channel) -> None:
    channel.memory.size_bytes = channel.memory.filled_bytes


def _skip(channel: Channel) -> None:
    channel.memory.skipped += 1


def _trigger(channel: Channel) -> None:
    channel.trigger()


_BEFALLING: Mapping[str, Callable[[Channel], None]] = {
    "firmware_lost": _lose_firmware,
    "eclab_loaded": _load_eclab,
    "open_input": _open_input,
    "saturated": _saturate,
    "unsaturated": _settle,
    "over_range": _over_range,
    "memory_full": _fill,
    "irq_skipped": _skip,
    "trigger": _trigger,
}


def parse_fault(do: object) -> Fault:
    """Read ``do`` of a control request. Raises LabRefusal."""
    match do:
        case str(kind) if kind in _WITH_THE_REPLY:
            return Fault(kind)
        case {"error": int(code)} if code in set(ErrorCode) and code:
            return Fault("error", code=code)
        case {"delay_s": int() | float() as seconds} if 0 <= seconds <= _MOST_DELAY_s and math.isfinite(seconds):
            return Fault("delay_s", delay_s=float(seconds))
        case {"hang_s": int() | float() as seconds} if 0 <= seconds <= _MOST_DELAY_s and math.isfinite(seconds):
            return Fault("hang_s", delay_s=float(seconds))
        case {"channel": int(number), "set": str(what)} if what in _BEFALLING:
            return Fault("befall", befall=lambda device: _BEFALLING[what](device.channel(number)))
        case _:
            raise LabRefusal(
                f'do must be one of {", ".join(_WITH_THE_REPLY)}, {{"error": code}}, {{"delay_s": s}}, {{"hang_s": s}} '
                f'or {{"channel": n, "set": one of {", ".join(_BEFALLING)}}}'
            )
