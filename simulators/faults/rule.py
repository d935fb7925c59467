"""Which exchanges of an instrument a fault is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import numpy as np

from simulators.faults.doing import Doing, Spoil

__all__ = ["Rule"]

FaultT = TypeVar("FaultT")


@dataclass(slots=True)
class Rule(Generic[FaultT]):
    """Counts exchanges of some commands and says at which of them it is due. Everything random is in ``dice``."""

    doings: tuple[Doing[FaultT], ...]
    """One of them each time: in turn, or, where exchanges are chosen at random, any."""
    commands: tuple[str, ...] = ("*",)
    """Names, ``*``, or ``wire *``."""
    nth: int = 1
    """The first exchange that may suffer, counted from the arming."""
    every: int = 1
    share: float | None = None
    dice: np.random.Generator | None = None
    times: int | None = 1
    """None: without end."""
    fired: Callable[[Doing[FaultT], str, int], None] | None = None
    """Told what was done, at which command, at which exchange of the instrument."""
    _seen: int = 0
    _turn: int = 0
    _owed: bool = field(default=False)

    @property
    def over(self) -> bool:
        """Whether it never fires again."""
        return self.times == 0

    def counts(self, command: str) -> bool:
        """Whether an exchange of this command counts."""
        named = any(one in ("*", command) or (one.endswith(" *") and command.startswith(one[:-1]))
                    for one in self.commands)  # fmt: skip
        return named and any(not isinstance(doing, Spoil) or doing.concerns(command) for doing in self.doings)

    def due(self, command: str) -> Doing[FaultT] | None:
        """Count one exchange; returns what is to happen to it."""
        if not self.counts(command):
            return None
        self._seen += 1
        if self.share is not None and self.dice is not None:
            chosen = bool(self.dice.random() < self.share)
            doing = self.doings[int(self.dice.integers(len(self.doings)))]
        else:
            chosen = self._owed or (self._seen >= self.nth and (self._seen - self.nth) % self.every == 0)
            doing = self.doings[self._turn % len(self.doings)]
        if isinstance(doing, Spoil) and not doing.concerns(command):
            return None
        return doing if chosen else None

    def postpone(self) -> None:
        """Fire at the next exchange instead: another fault has had this one."""
        self._owed = self.share is None

    def fire(self, doing: Doing[FaultT], command: str, exchange: int) -> None:
        """Count it as done, and tell."""
        self._owed = False
        self._turn += 1
        self.times = None if self.times is None else self.times - 1
        if self.fired is not None:
            self.fired(doing, command, exchange)
