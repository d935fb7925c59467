"""Faults that wait for exchanges of one instrument."""

from __future__ import annotations

from typing import Generic, TypeVar

from simulators.faults.doing import Spoil
from simulators.faults.rule import Rule

__all__ = ["FaultPlan"]

FaultT = TypeVar("FaultT")


class FaultPlan(Generic[FaultT]):
    """Rules of one instrument; ``lost`` is the fault of an exchange whose instrument is gone in the middle of it."""

    def __init__(self, lost: FaultT) -> None:
        self._lost = lost
        self._rules: list[Rule[FaultT]] = []
        self._exchanges = 0

    def arm(self, rule: Rule[FaultT]) -> None:
        """Let a rule count exchanges from now on."""
        self._rules.append(rule)

    def disarm(self, rule: Rule[FaultT]) -> None:
        """Let it count no more; nothing happens where it does not."""
        if rule in self._rules:
            self._rules.remove(rule)

    def take(self, command: str) -> FaultT | None:
        """Count one exchange; returns what it suffers. Whatever befalls the instrument at it has happened then."""
        self._exchanges += 1
        return self._suffered(command) if self._rules else None

    def _suffered(self, command: str) -> FaultT | None:
        suffered: FaultT | None = None
        for rule in list(self._rules):
            doing = rule.due(command)
            if isinstance(doing, Spoil) and suffered is not None:
                rule.postpone()
            elif doing is not None:
                rule.fire(doing, command, self._exchanges)
                if isinstance(doing, Spoil):
                    suffered = doing.fault
                elif doing.ends_exchange:
                    suffered = self._lost
            if rule.over:
                self.disarm(rule)
        return suffered
