"""A protocol bound to one cell: once, at launch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from protocols.cell import Cell
from protocols.compile.analyses import bind_analyses
from protocols.compile.binding import CellBinding, impossible_values
from protocols.compile.cycle_count import uncounted_cycles
from protocols.compile.overrides import launch_parameters
from protocols.compile.protection import Protection, bind_limits
from protocols.compile.record import DEFAULT_RECORD, bind_record
from protocols.compile.scope import Scope
from protocols.compile.segments import cut_into_groups
from protocols.compile.sequence import Position, SequenceCompiler
from protocols.compile.window import bind_window
from protocols.errors import Place, ProtocolErrors, Refusal
from protocols.estimate import estimate_program, estimate_temperatures, total
from protocols.plan import AnalysisRequest, Plan, PlanItem, Prompt, Segment, SetTemperature
from protocols.program import Impedance, Loop, Program, Rest, VoltageScan, walk
from protocols.protocol import Protocol
from protocols.schema.parameters import written_as_in_file

__all__ = ["compile_protocol", "findings_without_cell"]

_ANY_CELL = Cell("", active_mass_g=math.nan, area_cm2=math.nan, nominal_capacity_Ah=math.nan)
"""Every comparison with NaN is false: what a cell could make right is not reported."""


@dataclass(frozen=True, slots=True)
class _Bound:
    items: tuple[Program | SetTemperature | Prompt, ...]
    analyses: tuple[AnalysisRequest, ...]
    warnings: list[Refusal]


def compile_protocol(protocol: Protocol, cell: Cell, parameters: Mapping[str, str] | None = None) -> Plan:
    """Bind a protocol to a cell: every set point absolute. ``parameters`` override defaults, written as in the file.

    Raises ProtocolErrors with everything that is wrong.
    """
    findings = impossible_values(cell)
    if findings:
        raise ProtocolErrors(finding.in_file(protocol.file) for finding in findings)
    names = launch_parameters(protocol.definition.parameters, parameters or {}, findings)
    bound = _bind(protocol, cell, Scope(names), findings)
    if bound is None or findings:
        raise ProtocolErrors(finding.in_file(protocol.file) for finding in findings)
    items = tuple(_plan_item(item, cell) for item in bound.items)
    if cell.nominal_capacity_Ah is None and any(map(_takes_as_long_as_the_cell_holds, items)):
        bound.warnings.append(_unknown_capacity(cell))
    segments = [item.estimate for item in items if isinstance(item, Segment)]
    return Plan(
        protocol=protocol.name,
        protocol_sha256=protocol.sha256,
        cell=cell,
        parameters={name: written_as_in_file(node) for name, node in names.items()},
        items=items,
        analyses=bound.analyses,
        estimate=total([*segments, estimate_temperatures(items)]),
        warnings=tuple(dict.fromkeys(str(warning.in_file(protocol.file)) for warning in bound.warnings)),
    )


def findings_without_cell(protocol: Protocol) -> list[Refusal]:
    """Everything that no cell could make right."""
    findings: list[Refusal] = []
    _bind(protocol, _ANY_CELL, Scope(protocol.definition.parameters), findings)
    return findings


def _bind(protocol: Protocol, cell: Cell, scope: Scope, findings: list[Refusal]) -> _Bound | None:
    """Bind the whole file; None, and why, where even its limits cannot be bound."""
    definition, binding = protocol.definition, CellBinding(cell)
    warnings: list[Refusal] = []
    try:
        protection: Protection = bind_limits(definition.limits, scope, binding)
        window = bind_window(definition.cell, scope, cell, protection, warnings)
        record = bind_record(definition.record, scope, binding) if definition.record else DEFAULT_RECORD
    except Refusal as refusal:
        findings.append(refusal)
        return None
    sequence = SequenceCompiler(binding, protection, window, record, findings, warnings)
    groups = cut_into_groups(sequence.body(definition.steps, Position(scope)))
    for group in groups:
        warnings += uncounted_cycles(group) if isinstance(group, tuple) else []
    analyses = bind_analyses(definition.analyses, scope, findings)
    metadata = {"protocol": protocol.name, "cell": cell.id}
    items = tuple(
        Program(group, protection.limits, record, metadata) if isinstance(group, tuple) else group for group in groups
    )
    return _Bound(items, analyses, warnings)


def _takes_as_long_as_the_cell_holds(item: PlanItem) -> bool:
    timed = Rest | VoltageScan | Impedance | Loop
    return isinstance(item, Segment) and any(not isinstance(step, timed) for step in walk(item.program.steps))


def _plan_item(item: Program | SetTemperature | Prompt, cell: Cell) -> PlanItem:
    return Segment(item, estimate_program(item, cell.nominal_capacity_Ah)) if isinstance(item, Program) else item


def _unknown_capacity(cell: Cell) -> Refusal:
    message = f"the duration is a guess: the nominal capacity of cell {cell.id} is not known"
    return Refusal(Place(None), message, f"cellbench cell change {cell.id} --capacity '3.35 mAh'")
