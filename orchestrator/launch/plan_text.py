"""A plan in lines: every absolute set point, what it takes, when it is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.text_table import table_lines
from protocols.describe import PlanRow, SegmentDescription, TaskDescription, describe_plan
from protocols.plan import Plan

__all__ = ["PlanLine", "numbered_plan_lines", "plan_lines"]

_HEADER = ("line", "step", "current", "voltage", "until", "record", "limits", "label")


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One line for people, and what it is about."""

    item: int
    """Index into the plan's items."""
    line: int | None
    """Of the protocol file; None for a segment's headings."""
    text: str


def plan_lines(plan: Plan) -> list[str]:
    """Lines for people; ``line N`` at the beginning of a row is the line of the protocol file."""
    return [line.text for line in numbered_plan_lines(plan)]


def numbered_plan_lines(plan: Plan) -> list[PlanLine]:
    """The same lines, each with what it is about."""
    return [line for item in describe_plan(plan) for line in _item_lines(item)]


def _item_lines(item: SegmentDescription | TaskDescription) -> Iterator[PlanLine]:
    place = item.number - 1
    if isinstance(item, TaskDescription):
        yield PlanLine(place, item.line, f"{item.what} {item.number}: {item.detail} (line {item.line})")
        return
    texts = list(_segment_lines(item))
    headings = len(texts) - len(item.rows)
    lines = [*[None] * headings, *(row.line for row in item.rows)]
    yield from (PlanLine(place, line, text) for line, text in zip(lines, texts, strict=True))


def _segment_lines(segment: SegmentDescription) -> Iterator[str]:
    yield f"segment {segment.number}: limits {segment.limits}; record {segment.record or 'what the instrument does'}"
    rows = [_cells(row) for row in segment.rows]
    used = [index for index in range(len(_HEADER)) if any(row[index] for row in rows)]
    header = [_HEADER[index] if _HEADER[index] != "line" else "" for index in used]
    yield from table_lines(header, [[row[index] for index in used] for row in rows])


def _cells(row: PlanRow) -> tuple[str, ...]:
    return (
        f"line {row.line}",
        "  " * row.depth + row.what,
        "" if row.current_mA is None else f"{row.current_mA:.6g} mA",
        "" if row.voltage_V is None else f"{row.voltage_V:g} V",
        row.until,
        row.record,
        row.limits,
        row.label,
    )
