"""What the engine needs of a stored plan, read once per segment: a plan is never recompiled, so it never goes stale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter

from drivers.contracts import MappedStep
from orchestrator.engine.boundary import StopRule, find_stop_rule
from orchestrator.engine.temperature_limits import TemperatureLimits, temperature_limits
from protocols.cell import Cell
from protocols.estimate import ExpectedStep, expected_step
from protocols.plan import AnalysisRequest, Prompt, Segment, SetTemperature
from protocols.program import Program, walk
from protocols.storage import load_plan

__all__ = ["PlanFacts", "read_facts", "read_step_map"]

_STEP_MAP: TypeAdapter[tuple[MappedStep, ...]] = TypeAdapter(tuple[MappedStep, ...])


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """A run's plan, as far as the engine cares."""

    items: int
    rules: Mapping[int, StopRule]
    """Stop rules by plan item."""
    analyses: tuple[AnalysisRequest, ...]
    tasks: Mapping[int, SetTemperature | Prompt] = field(default_factory=dict)
    """What the service itself does, by plan item."""
    expected: Mapping[int, Mapping[int, ExpectedStep]] = field(default_factory=dict)
    """By plan item and instrument step: what interlocks hold its records against."""
    rest_windows_V: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    """By plan item: between which voltages the cell must rest before the channel is started."""
    temperatures_degC: Mapping[int, TemperatureLimits] = field(default_factory=dict)
    """By plan item, of those whose program limits the cell's temperature."""

    @property
    def temperatures(self) -> int:
        """Temperature steps in the whole plan."""
        return self.temperatures_before(self.items)

    def temperatures_before(self, item: int) -> int:
        """Temperature steps before this item."""
        return sum(number < item and isinstance(task, SetTemperature) for number, task in self.tasks.items())

    def temperature_of(self, item: int) -> tuple[int, SetTemperature] | None:
        """The temperature step whose work an item is measured at, with its own number; None before the first."""
        before = [(n, task) for n, task in self.tasks.items() if n < item and isinstance(task, SetTemperature)]
        return max(before, key=lambda found: found[0], default=None)


def read_step_map(stored: Sequence[Any]) -> tuple[MappedStep, ...]:
    """Read the step map as stored in ``segments.step_map``."""
    return _STEP_MAP.validate_python(stored)


def read_facts(plan_json: Mapping[str, Any], step_maps: Mapping[int, Sequence[Any]]) -> PlanFacts:
    """Read a stored plan; ``step_maps`` by plan item."""
    plan = load_plan(plan_json)
    rules, expected, windows, temperatures = {}, {}, {}, {}
    for number, item in enumerate(plan.items):
        if isinstance(item, Segment):
            windows[number] = (item.program.limits.voltage_min_V, item.program.limits.voltage_max_V)
        if isinstance(item, Segment) and number in step_maps:
            step_map = read_step_map(step_maps[number])
            expected[number] = _expected(item.program, step_map, plan.cell)
            rule, limits = find_stop_rule(item.program, step_map), temperature_limits(item.program, step_map)
            if rule is not None:
                rules[number] = rule
            if limits is not None:
                temperatures[number] = limits
    tasks = {number: item for number, item in enumerate(plan.items) if isinstance(item, SetTemperature | Prompt)}
    return PlanFacts(len(plan.items), rules, plan.analyses, tasks, expected, windows, temperatures)


def _expected(program: Program, step_map: Sequence[MappedStep], cell: Cell) -> dict[int, ExpectedStep]:
    """By instrument step; one line of the protocol may be several of them."""
    of_lines = {step.origin: expected_step(step, program, cell.nominal_capacity_Ah) for step in walk(program.steps)}
    return {row.step: of_lines[row.origin] for row in step_map if row.kind != "loop" and row.origin in of_lines}
