"""Hand-made runs: frames for the analyses, and the same kind of thing in a real database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, insert

from drivers.contracts import RECORD_COLUMNS, StepKind
from orchestrator.analysis.dataset import CYCLE_COLUMNS, Dataset
from orchestrator.store import tables
from protocols.cell import Cell
from protocols.plan import Estimate, Plan, Segment
from protocols.program import ConstantCurrent, Limits, Loop, Origin, Program, Record, Until
from protocols.storage import dump_plan

MASS_G, AREA_CM2 = 0.00275, 1.131
CELL = Cell("SiO@C-l 7/1", active_mass_g=MASS_G, area_cm2=AREA_CM2, nominal_capacity_Ah=0.0033, material="sio_c_l")
LAUNCH_UNIX_S = 1_767_571_200.0  # 2026-01-05T00:00:00Z


@dataclass(frozen=True)
class Step:
    """One executed step as the instrument tells it: its last counters, spread evenly over its records."""

    cycle: int
    step: int
    kind: StepKind
    capacity_Ah: float = 0.0
    energy_Wh: float = 0.0
    current_A: float = 0.0
    duration_s: float = 40.0
    records: int = 5


def columns_of(steps: Iterable[Step]) -> dict[str, np.ndarray]:
    """RECORD_COLUMNS of these steps, one after the other; the first record of a step is at step time 0."""
    rows: list[tuple[float, ...]] = []
    clock_s = 0.0
    for step in steps:
        for share in np.linspace(0.0, 1.0, step.records):
            time_s = share * step.duration_s
            at_s = clock_s + time_s
            counters = (share * step.capacity_Ah, share * step.energy_Wh)
            rows.append(
                (
                    len(rows) + 1,
                    step.cycle,
                    step.step,
                    step.kind,
                    LAUNCH_UNIX_S + at_s,
                    at_s,
                    time_s,
                    0.3 + share / 7,
                    step.current_A,
                    *counters,
                    np.nan,
                )
            )
        clock_s += step.duration_s
    matrix = np.array(rows, dtype=float)
    return {name: matrix[:, place].astype(kind) for place, (name, kind) in enumerate(RECORD_COLUMNS.items())}


def cycle_row(cycle: int, charge_Ah: float, discharge_Ah: float, **changes: Any) -> dict[str, Any]:
    """One row of the table of cycles; energies at 0.6 V (charge) and 0.2 V (discharge) unless changed."""
    return {
        "cycle": cycle,
        "complete": True,
        "gap": False,
        "label": None,
        "started_test_time_s": 3600.0 * (cycle - 1),
        "ended_test_time_s": 3600.0 * cycle,
        "charge_capacity_Ah": charge_Ah,
        "discharge_capacity_Ah": discharge_Ah,
        "charge_energy_Wh": 0.6 * charge_Ah,
        "discharge_energy_Wh": 0.2 * discharge_Ah,
        **changes,
    }


def cycles_frame(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(CYCLE_COLUMNS)).astype({"label": "object"})


def half_cell(
    rows: Sequence[Mapping[str, Any]], *, cell: Cell = CELL, run_id: int = 1, plan: Plan | None = None
) -> Dataset:
    """A run whose plan begins with a discharge."""
    return Dataset.from_frames(cycles_frame(rows), cell=cell, plan=plan or plan_of({"cycling": 1e-3}), run_id=run_id)


def plan_of(currents: Mapping[str, float], *, begins: str = "discharge", cell: Cell = CELL) -> Plan:
    """A plan of one loop per label, at these currents in A, beginning with this direction."""
    steps = []
    for line, (label, current_A) in enumerate(currents.items(), start=10):
        origin = Origin(line, f"steps[{line}]", label)
        signs = (-1, 1) if begins == "discharge" else (1, -1)
        body = tuple(ConstantCurrent(sign * current_A, Until(voltage_V=1.5), origin) for sign in signs)
        steps.append(Loop(5, body, origin))
    program = Program(tuple(steps), Limits(-0.05, 2.0, 0.05), Record(interval_s=10.0))
    estimate = Estimate(3600.0, 100, 5, 10_000)
    return Plan("ladder", "ab" * 32, cell, {"rates": "[0.2 A/g]"}, (Segment(program, estimate),), (), estimate)


def store_run(
    conn: Connection,
    segments: Sequence[Mapping[str, np.ndarray]],
    cycles: Sequence[Mapping[str, Any]],
    *,
    plan: Plan | None = None,
    cycle_offsets: Sequence[int] = (0, 0),
    time_offsets_s: Sequence[float] = (0.0, 0.0),
) -> int:
    """Insert a cell, a protocol, an instrument and one completed run with these records; return the run's id."""
    plan = plan or plan_of({"cycling": 1e-3})
    cell = plan.cell
    conn.execute(
        insert(tables.cells).values(
            id=cell.id,
            active_mass_g=cell.active_mass_g,
            area_cm2=cell.area_cm2,
            nominal_capacity_Ah=cell.nominal_capacity_Ah,
            material=cell.material,
            metadata={"maker": "Müller"},
            created_unix_s=LAUNCH_UNIX_S,
        )
    )
    conn.execute(
        insert(tables.protocols).values(
            sha256=plan.protocol_sha256, name="ladder", source="cellbench: 1\n", created_unix_s=LAUNCH_UNIX_S
        )
    )
    conn.execute(
        insert(tables.instruments).values(
            name="bts-1", driver="neware", address="lab", identity="CT-4008", connected=True, simulated=True
        )
    )
    run_id = _store_row(conn, plan)
    for number, columns in enumerate(segments):
        segment_id = _store_segment(
            conn, run_id, number, cycle_offsets[number], time_offsets_s[number], len(columns["seq"])
        )
        store_records(conn, segment_id, columns)
    if cycles:
        conn.execute(insert(tables.cycles), [{"run_id": run_id, **row} for row in cycles])
    return run_id


def store_records(conn: Connection, segment_id: int, columns: Mapping[str, np.ndarray]) -> None:
    frame = pd.DataFrame(dict(columns)).astype("object")
    rows = frame.where(frame.notna(), None).assign(segment_id=segment_id).to_dict("records")
    conn.execute(insert(tables.records), rows)


def _store_row(conn: Connection, plan: Plan) -> int:
    values = {
        "cell_id": plan.cell.id,
        "protocol_sha256": plan.protocol_sha256,
        "protocol": "ladder",
        "instrument": "bts-1",
        "channel": "27-21-1-1",
        "plan": dump_plan(plan),
        "desired": "run",
        "state": "completed",
        "item": 1,
        "created_unix_s": LAUNCH_UNIX_S - 60,
        "created_by": "lena",
        "started_unix_s": LAUNCH_UNIX_S,
        "finished_unix_s": LAUNCH_UNIX_S + 7200,
        "cycles_done": 2,
    }
    return int(conn.execute(insert(tables.runs).values(values).returning(tables.runs.c.id)).scalar_one())


def _store_segment(
    conn: Connection, run_id: int, number: int, cycle_offset: int, time_offset_s: float, records: int
) -> int:
    origin = {"line": 12, "path": "steps[0]", "label": "cycling"}
    values = {
        "run_id": run_id,
        "number": number,
        "attempt": 1,
        "tag": f"L1#{run_id}.{number}.1",
        "media_type": "application/xml",
        "content": b"<root/>",
        "step_map": [{"step": 1, "kind": "constant_current", "origin": origin, "loops": []}],
        "test_id": "71",
        "cursor": "",
        "records": records,
        "cycle_offset": cycle_offset,
        "time_offset_s": time_offset_s,
        "outcome": "finished",
    }
    return int(conn.execute(insert(tables.segments).values(values).returning(tables.segments.c.id)).scalar_one())
