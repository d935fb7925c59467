"""A campaign as it was started: names resolved, protocols whole, nothing to be read again. Stored as versioned JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from orchestrator.store.errors import StoreError

__all__ = [
    "PLAIN",
    "PRIORITIES",
    "Campaign",
    "Condition",
    "Expected",
    "IfOneFails",
    "Option",
    "Priority",
    "Step",
    "Timing",
    "dump_campaign",
    "load_campaign",
    "with_unit",
]

IfOneFails = Literal["go_on", "stop_cell", "pause_all", "stop_all"]
Priority = Literal["low", "normal", "high"]
PRIORITIES: tuple[Priority, ...] = ("low", "normal", "high")
"""Rising."""
PLAIN = "1"
"""The unit of a plain number, as results of analyses have it."""
Option = float | int | str | bool


def with_unit(number: str, unit: str) -> str:
    """``70 %``; a plain number alone."""
    return number if unit in ("", PLAIN) else f"{number} {unit}"


@dataclass(frozen=True, slots=True)
class Timing:
    """When something is to begin: once, or by a cron rule."""

    zone: str
    """IANA name; wall times of a rule are of this zone."""
    start_unix_s: float | None = None
    cron: str | None = None
    """Five fields: minute, hour, day, month, weekday."""
    grace_s: float = 3600.0
    """How late it may begin; later than that it counts as missed, and is said to be."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A number that an analysis of an earlier step of the same cell must have found."""

    analysis: str
    value: str
    """Its name in the result: ``initial coulombic efficiency``."""
    of: str
    """The step whose run was analysed."""
    unit: str
    above: float | None = None
    below: float | None = None

    def __str__(self) -> str:
        """``initial coulombic efficiency above 70 %``."""
        return f"{self.value} {self.bounds}"

    @property
    def bounds(self) -> str:
        """``above 70 %``."""
        bounds = (("above", self.above), ("below", self.below))
        return " and ".join(f"{word} {with_unit(f'{at:g}', self.unit)}" for word, at in bounds if at is not None)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done with each of its cells: a protocol, or something that a person does."""

    name: str
    line: int
    cells: tuple[str, ...]
    after: tuple[str, ...]
    """Steps of the same cell that must have been done before."""
    pool: str | None
    """Where the cell is during it; for a prompt that moves it: where it goes. None: a prompt that leaves it there."""
    protocol: str | None = None
    """Name in the library or, with ``source``, of the file; None: a prompt."""
    source: str | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)
    analyses: Mapping[str, Mapping[str, Option]] = field(default_factory=dict)
    """Asked for when the run completes, besides those that the protocol names."""
    prompt: str | None = None
    """What a person is to do; ``{cell}`` and ``{bench}`` are filled in."""
    when: Condition | None = None
    timing: Timing | None = None
    priority: Priority = "normal"
    if_one_fails: IfOneFails = "stop_cell"
    together: bool = False
    """All of its cells start at once, as one batch where they change the temperature of their chamber."""
    chamber: str | None = None
    """Around every bench of the pool."""

    @property
    def moves(self) -> bool:
        """Whether a person brings the cell to another place."""
        return self.prompt is not None and self.pool is not None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a step is expected to take with one cell, from the estimate of its plan."""

    duration_s: float
    sets_temperature: bool


@dataclass(frozen=True, slots=True)
class Campaign:
    """Everything that one campaign file says. ``version`` is the version of this JSON form."""

    name: str
    description: str
    cells: tuple[str, ...]
    pools: Mapping[str, tuple[str, ...]]
    """Benches by pool, in the order in which they are given away."""
    fixed: Mapping[str, Mapping[str, str]]
    """By pool: the bench that a cell has there and no other cell may have."""
    placed: Mapping[str, str]
    """Where each cell is that nobody moves before its first step."""
    steps: tuple[Step, ...]
    """In an order in which each comes after those that it depends on; a cell goes through them in this order."""
    priority: Priority = "normal"
    timing: Timing | None = None
    """When the whole of it begins; by a cron rule again and again."""
    expected: Mapping[str, Mapping[str, Expected]] = field(default_factory=dict)
    """By step and cell; empty before the campaign has met its cells."""
    version: Literal[1] = 1

    def step(self, name: str) -> Step:
        """The step of this name. Raises KeyError."""
        for step in self.steps:
            if step.name == name:
                return step
        raise KeyError(name)

    def steps_of(self, cell_id: str) -> tuple[Step, ...]:
        """What a cell goes through, in order."""
        return tuple(step for step in self.steps if cell_id in step.cells)

    def candidates(self, step: Step, cell_id: str) -> tuple[str, ...]:
        """Benches that a cell may have at a step, best first."""
        if step.pool is None:
            return ()
        fixed = self.fixed.get(step.pool, {})
        if cell_id in fixed:
            return (fixed[cell_id],)
        placed = self.placed.get(cell_id)
        if not step.moves and placed in self.pools[step.pool]:  # it has been there from the start
            return (placed,)
        return tuple(bench for bench in self.pools[step.pool] if bench not in fixed.values())


_ADAPTER: TypeAdapter[Campaign] = TypeAdapter(Campaign)


def dump_campaign(campaign: Campaign) -> dict[str, Any]:
    """As plain JSON values."""
    dumped: dict[str, Any] = _ADAPTER.dump_python(campaign, mode="json")
    return dumped


def load_campaign(stored: Mapping[str, Any]) -> Campaign:
    """What ``dump_campaign`` gave. Raises StoreError on another version or another shape."""
    try:
        return _ADAPTER.validate_python(stored)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise StoreError(f"a stored campaign cannot be read by this code ({where}: {problem['msg']})") from error
