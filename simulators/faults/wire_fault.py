"""What can happen to one exchange of bytes, whatever they mean."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from simulators.lab.refusal import LabRefusal

__all__ = ["WIRE_FAULTS", "WireFault", "WireFaultKind", "garbled", "parse_wire_fault", "pieces_of"]

WireFaultKind = Literal[
    "drop_request", "drop_reply", "close_before_reply", "close_mid_reply", "reset", "half_open", "garble", "duplicate",
    "refuse", "false_ack", "split_multibyte", "delay_s", "split",
]  # fmt: skip
_PLAIN: Mapping[str, WireFaultKind] = {it: it for it in get_args(WireFaultKind) if it not in ("delay_s", "split")}
_MOST_DELAY_s = 3600
_CONTINUES = 0b10
"""The upper two bits of every byte of a character but its first, in UTF-8."""

WIRE_FAULTS = f"{', '.join(_PLAIN)}, {{delay_s: seconds}}, {{split: bytes}}"
"""All of them, as a person writes them."""


@dataclass(frozen=True, slots=True)
class WireFault:
    """One thing that goes wrong; ``value`` is wall seconds of ``delay_s`` and bytes a piece of ``split``."""

    kind: WireFaultKind
    value: float = 0.0


def parse_wire_fault(do: object) -> WireFault | None:
    """Read ``do``; None where it is none of these. Raises LabRefusal where one of these has an impossible value."""
    match do:
        case str(kind) if kind in _PLAIN:
            return WireFault(_PLAIN[kind])
        case {"delay_s": int() | float() as seconds, **rest} if not rest:
            if isinstance(seconds, bool) or not (math.isfinite(seconds) and 0 <= seconds <= _MOST_DELAY_s):
                raise LabRefusal(f"do must be one of …, {{delay_s: from 0 to {_MOST_DELAY_s}}}: wall seconds")
            return WireFault("delay_s", float(seconds))
        case {"split": int(size), **rest} if not rest and not isinstance(size, bool):
            if size < 1:
                raise LabRefusal("do must be one of …, {split: bytes a piece, at least 1}")
            return WireFault("split", size)
    return None


def garbled(reply: bytes, ending: int) -> bytes:
    """Spoil the middle third of a reply with bytes that are no UTF-8; its length and its ending stay."""
    third = max(1, (len(reply) - ending) // 3)
    return reply[:third] + b"\xff" * min(third, len(reply) - third) + reply[2 * third :]


def pieces_of(reply: bytes, fault: WireFault) -> Iterator[bytes]:
    """Cut a reply into pieces of so many bytes, or inside every character of more than one byte."""
    if fault.kind == "split":
        size = int(fault.value)
        return (reply[start : start + size] for start in range(0, len(reply), size))
    inside = [at for at in range(1, len(reply)) if reply[at] >> 6 == _CONTINUES and reply[at - 1] >> 6 != _CONTINUES]
    return (reply[start:end] for start, end in zip([0, *inside], [*inside, len(reply)], strict=True))
