"""What may go wrong with one exchange, armed from the control port (:mod:`simulators.lab.fault_plan`)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from simulators.lab.refusal import LabRefusal

__all__ = ["Fault", "FaultKind", "garbled", "parse_fault"]

FaultKind = Literal[
    "drop_request", "drop_reply", "close_before_reply", "close_mid_reply", "garble", "half_open", "refuse",
    "delay_s", "split", "set",
]  # fmt: skip
_PLAIN: Mapping[str, FaultKind] = {kind: kind for kind in get_args(FaultKind)[:-3]}
_MOST_DELAY_s = 3600


@dataclass(frozen=True, slots=True)
class Fault:
    """``value`` is wall seconds of ``delay_s`` and bytes a piece of ``split``; ``befall`` is what ``set`` sets."""

    kind: FaultKind
    value: float = 0.0
    befall: Mapping[str, Any] | None = None


def parse_fault(do: object) -> Fault:
    """Read ``do`` of a control request. Raises LabRefusal."""
    match do:
        case str(kind) if kind in _PLAIN:
            return Fault(_PLAIN[kind])
        case {"delay_s": int() | float() as seconds} if 0 <= seconds <= _MOST_DELAY_s and math.isfinite(seconds):
            return Fault("delay_s", float(seconds))
        case {"split": int(size)} if size >= 1:
            return Fault("split", size)
        case {"set": dict(befall)}:
            return Fault("set", befall=befall)
        case _:
            raise LabRefusal(
                f'do must be one of {", ".join(sorted(_PLAIN))}, {{"delay_s": s}}, {{"split": bytes}} '
                f'or {{"set": {{…}}}}'
            )


def garbled(reply: bytes) -> bytes:
    """Spoil the middle third of a reply with bytes that are no UTF-8; its length and its end stay."""
    third = max(1, (len(reply) - 1) // 3)
    return reply[:third] + b"\xff" * min(third, len(reply) - third) + reply[2 * third :]
