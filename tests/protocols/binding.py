"""A cell, a file's head, and the one program that a few steps become."""

from __future__ import annotations

from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.plan import Plan, Segment
from protocols.program import Program, Step
from protocols.reading import parse_protocol

HEAD = """\
cellbench: 1
protocol: example
parameters: {rate: 0.1 mV/s, rates: [0.1 mV/s, 0.2 mV/s], begin: open circuit, tickle: 10 mV peak}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 20 mA, temperature: [-5 degC, 60 degC]}
record: {every: 10 s, voltage_change: 5 mV}
steps:
"""  # steps begin in line 8
CELL = Cell("L1", 2.753e-3, 1.131, 3.35e-3, 0.01, 1.5)


def plan_of(steps: str, cell: Cell = CELL, parameters: dict[str, str] | None = None) -> Plan:
    return compile_protocol(parse_protocol(HEAD + steps, "my.yaml"), cell, parameters)


def programs_of(steps: str, cell: Cell = CELL) -> list[Program]:
    return [item.program for item in plan_of(steps, cell).items if isinstance(item, Segment)]


def steps_of(steps: str, cell: Cell = CELL) -> tuple[Step, ...]:
    (program,) = programs_of(steps, cell)
    return program.steps
