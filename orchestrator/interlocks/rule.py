"""One interlock rule: about whom, when, and what is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.interlocks.condition import Condition

__all__ = ["Action", "Kind", "Place", "Rule", "Severity", "Subject"]

Kind = Literal["cell", "chamber", "instrument"]
Severity = Literal["warning", "critical"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a cell sits, as a rule needs it."""

    instrument: str
    channel: str
    bench: str | None = None
    chamber: str | None = None
    sensor: str | None = None
    """Where the cell's temperature is from: ``channel``, ``chamber``, or INSTRUMENT/CHANNEL; None: nobody tells it."""

    @property
    def name(self) -> str:
        """The bench's name, else ``bts-1/27-21-1-1``."""
        return self.bench or f"{self.instrument}/{self.channel}"


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a rule is about: those named, or all of their kind, perhaps only those in one chamber."""

    kind: Kind
    names: tuple[str, ...] = ()
    """Empty: any."""
    chamber: str | None = None
    """Of cells: only those in this chamber."""

    def matches(self, name: str, chamber: str | None = None) -> bool:
        """Whether this one is meant."""
        return (not self.names or name in self.names) and (self.chamber is None or chamber == self.chamber)

    def __str__(self) -> str:
        """``cell any in oven-1``, ``chamber oven-1``."""
        inside = f" in {self.chamber}" if self.chamber else ""
        return f"{self.kind} {', '.join(self.names) or 'any'}{inside}"


@dataclass(frozen=True, slots=True)
class Action:
    """What a trip does to cells. ``chamber``: to all cells in it instead of those that the trip is about."""

    verb: Literal["nothing", "pause", "stop"]
    chamber: str | None = None

    def __str__(self) -> str:
        """``stop all cells in oven-1``."""
        return f"{self.verb} all cells in {self.chamber}" if self.chamber else self.verb


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of ``interlocks:``, or a built-in one."""

    subject: Subject
    condition: Condition
    do: Action
    alarm: Severity
    for_s: float = 0.0
    """So long it has to hold, from the first sample that shows it to the latest."""
    origin: str = "built in"
    """``built in``, or the line of the lab file."""

    @property
    def latches(self) -> bool:
        """Whether a trip of it holds until a person acknowledges it. One that does nothing ends with its cause."""
        return self.do.verb != "nothing"

    @property
    def name(self) -> str:
        """``chamber oven-1: temperature above 70 degC for 10 s``."""
        held = f" for {self.for_s:g} s" if self.for_s else ""
        return f"{self.subject}: {self.condition}{held}"

    def __str__(self) -> str:
        """The name and what is done: two rules that are the same to the letter are one rule."""
        return f"{self.name} → {self.do}, {self.alarm}"
