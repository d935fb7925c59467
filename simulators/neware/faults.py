"""What may go wrong with one exchange, armed from the control port."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from simulators.lab.refusal import LabRefusal
from simulators.neware.frames import TERMINATOR

__all__ = ["Fault", "FaultKind", "FaultPlan", "garbled", "parse_fault"]

FaultKind = Literal[
    "drop_request", "drop_reply", "close_before_reply", "close_mid_reply", "garble", "refuse", "delay_s", "split"
]
_PLAIN: Mapping[str, FaultKind] = {kind: kind for kind in get_args(FaultKind) if kind not in ("delay_s", "split")}


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong; ``value`` is wall seconds of ``delay_s`` and bytes a piece of ``split``."""

    kind: FaultKind
    value: float = 0.0


@dataclass(slots=True)
class _Armed:
    command: str
    remaining: int
    fault: Fault


class FaultPlan:
    """Armed faults; each fires once."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def arm(self, command: str, nth: int, fault: Fault) -> None:
        """Let a fault happen at the n-th exchange (1 is the next) of a command; ``*`` counts every command."""
        if nth < 1:
            raise LabRefusal("nth counts from 1, the next exchange")
        self._armed.append(_Armed(command, nth, fault))

    def take(self, command: str) -> Fault | None:
        """Count one exchange; returns the fault that is due for it."""
        due = None
        for armed in list(self._armed):
            if armed.command in (command, "*"):
                armed.remaining -= 1
                if armed.remaining == 0:
                    self._armed.remove(armed)
                    due = due or armed.fault
        return due


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
