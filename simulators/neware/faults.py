"""What may go wrong with one exchange, armed from the control port."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from simulators.lab.refusal import LabRefusal
from simulators.neware.frames import TERMINATOR

__all__ = ["Fault", "FaultKind", "garbled", "parse_fault"]

FaultKind = Literal[
    "drop_request", "drop_reply", "close_before_reply", "close_mid_reply", "garble", "refuse", "delay_s", "split"
]
_PLAIN: Mapping[str, FaultKind] = {kind: kind for kind in get_args(FaultKind) if kind not in ("delay_s", "split")}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; ``value`` is wall seconds of ``delay_s`` and bytes a piece of ``split``."""

    kind: FaultKind
    value: float = 0.0


def parse_fault(do: object) -> Fault:
    """Read ``do`` of a control request: a word, ``{"delay_s": s}`` or ``{"split": bytes}``. Raises LabRefusal."""
    match do:
        case str(kind) if kind in _PLAIN:
            return Fault(_PLAIN[kind])
        case {"delay_s": int() | float() as seconds} if 0 <= seconds <= 3600 and math.isfinite(seconds):
            return Fault("delay_s", float(seconds))
        case {"split": int(size)} if size >= 1:
            return Fault("split", size)
        case _:
            raise LabRefusal(f'do must be one of {", ".join(sorted(_PLAIN))}, {{"delay_s": s}} or {{"split": bytes}}')


def garbled(reply: bytes) -> bytes:
    """Spoil the middle third of a reply with bytes that are no UTF-8; length and terminator stay."""
    body = len(reply) - len(TERMINATOR)
    third = max(1, body // 3)
    return reply[:third] + b"\xff" * third + reply[2 * third :]
