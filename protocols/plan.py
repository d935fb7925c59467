"""A plan: a protocol bound to one cell, in absolute SI values. Compiled once, at launch, stored, never recompiled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from protocols.by_kind import ByKind
from protocols.cell import Cell
from protocols.program import Program

__all__ = ["AnalysisRequest", "Estimate", "Plan", "PlanItem", "Prompt", "Segment", "SetTemperature"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a plan or a segment is expected to take, from nominal capacity; not a promise."""

    duration_s: float
    records: int
    cycles: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A program for one channel. Loops that hold no temperature step and no prompt stay inside it."""

    program: Program
    estimate: Estimate
    kind: Literal["segment"] = "segment"


@dataclass(frozen=True, slots=True)
class SetTemperature:
    """Bring the chamber to a temperature and wait until it is stable. Executed by the engine, not by a channel."""

    target_degC: float
    within_K: float
    soak_s: float
    ramp_K_per_min: float | None
    give_up_after_s: float
    line: int
    kind: Literal["set_temperature"] = "set_temperature"


@dataclass(frozen=True, slots=True)
class Prompt:
    """An operator must act and confirm before the plan goes on."""

    text: str
    line: int
    kind: Literal["prompt"] = "prompt"


PlanItem = Segment | SetTemperature | Prompt


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """An analysis that the protocol names, with its options."""

    name: str
    options: dict[str, float | int | str | bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """The protocol bound to one cell. ``version`` is the version of this JSON form."""

    protocol: str
    protocol_sha256: str
    cell: Cell
    parameters: dict[str, str]
    """Parameters as launched, written as in the file (``rates: "[0.2 A/g, 0.5 A/g]"``)."""
    items: tuple[Annotated[PlanItem, ByKind()], ...]
    analyses: tuple[AnalysisRequest, ...]
    estimate: Estimate
    warnings: tuple[str, ...] = ()
    """What is allowed but probably not meant, one line each, with file and line."""
    version: Literal[1] = 1
