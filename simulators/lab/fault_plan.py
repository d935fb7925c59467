"""Faults that wait for their moment: at the n-th exchange of a command, once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from simulators.lab.refusal import LabRefusal

__all__ = ["FaultPlan"]

FaultT = TypeVar("FaultT")


@dataclass(slots=True)
class _Armed(Generic[FaultT]):
    command: str
    remaining: int
    fault: FaultT


class FaultPlan(Generic[FaultT]):
    """Armed faults of one instrument; what a fault is, its family says."""

    def __init__(self) -> None:
        self._armed: list[_Armed[FaultT]] = []

    def arm(self, command: str, nth: int, fault: FaultT) -> None:
        """Let a fault happen at the n-th exchange (1 is the next) of a command; ``*`` counts every command."""
        if nth < 1:
            raise LabRefusal("nth counts from 1, the next exchange")
        self._armed.append(_Armed(command, nth, fault))

    def take(self, command: str) -> FaultT | None:
        """Count one exchange; returns the fault that is due for it."""
        due = None
        for armed in list(self._armed):
            if armed.command in (command, "*"):
                armed.remaining -= 1
                if armed.remaining == 0:
                    self._armed.remove(armed)
                    due = due or armed.fault
        return due
