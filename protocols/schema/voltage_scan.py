"""``sweep`` and ``cyclic_voltammetry``: the voltage moves at a constant rate, the current is what comes of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from protocols.errors import Refusal
from protocols.node import Node, SequenceNode
from protocols.schema.fields import Count, ScanRate
from protocols.schema.limits import StepLimitsSection
from protocols.schema.record import RecordSection
from protocols.schema.section import Section
from protocols.schema.voltage_level import Level

__all__ = ["CyclicVoltammetrySection", "SweepSection"]


def _two_vertices(node: Node) -> tuple[Node, ...]:
    if isinstance(node, SequenceNode) and len(node.items) == 2:
        return node.items
    remedy = "write vertices: [0.01 V, 1.5 V], the one that is swept to first in the first place"
    raise Refusal(node.place, "is not a first and a second vertex", remedy)


class SweepSection(Section):
    """``{to: 1.5 V, scan_rate: 0.1 mV/s}``."""

    to: Level = Field(description="where the sweep ends", examples=["1.5 V"])
    scan_rate: ScanRate = Field(description="how fast, V/s or mV/s", examples=["0.1 mV/s"])
    from_: Level | None = Field(None, alias="from", description="where it begins; else at open circuit")
    record: RecordSection | None = None
    limits: StepLimitsSection | None = None


class CyclicVoltammetrySection(Section):
    """``{vertices: [0.01 V, 1.5 V], scan_rate: 0.1 mV/s, cycles: 3}``."""

    vertices: Annotated[tuple[Level, Level], BeforeValidator(_two_vertices)] = Field(
        description="where the sweep turns; the first is swept to first", examples=["[0.01 V, 1.5 V]"]
    )
    scan_rate: ScanRate = Field(description="how fast, V/s or mV/s", examples=["0.1 mV/s"])
    cycles: Count | None = Field(None, description="how often both vertices are reached (default 1)")
    start: Level | None = Field(None, description="where the first sweep begins; else at open circuit")
    end: Level | None = Field(None, description="a last sweep to here; else it ends at the second vertex")
    record: RecordSection | None = None
    limits: StepLimitsSection | None = None
