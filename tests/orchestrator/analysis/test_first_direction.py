"""Which way a run begins: of currents, of sweeps, and of sweeps that only the data can tell."""

import csv
import io

import pytest
from sqlalchemy import Engine

from orchestrator.analysis.cell_type import resolve_cell_type
from orchestrator.analysis.load_dataset import load_dataset
from orchestrator.analysis.set_points import first_direction
from orchestrator.export.cycle_csv import write_cycles
from orchestrator.store.tables import runs
from orchestrator.store.transactions import reading, writing
from protocols.compile import compile_protocol
from protocols.plan import Plan
from protocols.program import Direction
from protocols.reading import parse_protocol
from protocols.storage import dump_plan
from tests.orchestrator.analysis.stored_run import CELL
from tests.orchestrator.export.voltammetry_run import store_voltammetry

PROTOCOL = """cellbench: 1
protocol: sweeps
limits: {{voltage: [-0.05 V, 4.0 V], current: 20 mA}}
steps:
  - rest: 10 min
  - {first}
  - charge: {{current: 1 mA, until: {{voltage: 1.5 V}}}}
"""


def plan_with(first: str) -> Plan:
    return compile_protocol(parse_protocol(PROTOCOL.format(first=first)), CELL)


@pytest.mark.parametrize(
    ("first", "direction"),
    [
        ("cyclic_voltammetry: {start: 1.5 V, vertices: [0.01 V, 1.5 V], scan_rate: 1 mV/s}", "discharge"),
        ("cyclic_voltammetry: {vertices: [0.01 V, 1.5 V], scan_rate: 1 mV/s}", "discharge"),
        ("cyclic_voltammetry: {vertices: [1.5 V, 0.01 V], scan_rate: 1 mV/s}", "charge"),
        ("sweep: {from: 1.5 V, to: 0.01 V, scan_rate: 1 mV/s}", "discharge"),
        ("sweep: {to: 50 mV vs open circuit, scan_rate: 1 mV/s}", "charge"),
        ("sweep: {to: 0.01 V, scan_rate: 1 mV/s}", None),
        ("impedance: {potentiostatic: 10 mV peak, from: 1 kHz, to: 1 Hz, per_decade: 5}", "charge"),
    ],
)
def test_a_sweep_drives_the_way_it_goes(first: str, direction: Direction | None) -> None:
    assert first_direction(plan_with(first)) == direction


def test_a_run_of_voltammetry_alone_is_of_a_half_cell(engine: Engine) -> None:
    run_id = store_voltammetry(engine)
    with reading(engine) as conn:
        told = resolve_cell_type(load_dataset(conn, [run_id]).runs[0], "auto")

    assert told == ("half", "half cell: the plan begins with a discharge (lithiation); efficiency = charge / discharge")
    assert "energy efficiency" not in header_of_cycles(engine, run_id)


def test_where_the_plan_does_not_tell_analyses_and_the_exported_cycles_look_at_the_data(engine: Engine) -> None:
    run_id = store_voltammetry(engine)
    plan = plan_with("sweep: {to: 0.01 V, scan_rate: 1 mV/s}")
    with writing(engine) as conn:
        conn.execute(runs.update().values(plan=dump_plan(plan)))
    with reading(engine) as conn:
        told = resolve_cell_type(load_dataset(conn, [run_id]).runs[0], "auto")

    assert told[0] == "half"
    assert "the data begins" in told[1]
    assert "energy efficiency" not in header_of_cycles(engine, run_id)


def header_of_cycles(engine: Engine, run_id: int) -> str:
    stream = io.BytesIO()
    with reading(engine) as conn:
        write_cycles(conn, run_id, stream)
    return ",".join(next(csv.reader(io.StringIO(stream.getvalue().decode()))))
