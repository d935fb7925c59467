"""Cycle summary of 200,000 records in 500 cycles: ours against PyProBE's and cellpy's, each from its own table.

PyProBE comes with the extra ``bench``; cellpy holds pandas below 3 and is measured where somebody has installed it.
What is not there is said and left out. All begin with the records in memory in the form that is theirs; cellpy's table
of steps, which it needs first, is not in its time. The second figure is ours from the database: what an analysis loads
is the cycles that the Recorder has kept, not the records.
"""

from __future__ import annotations

import importlib.util
import statistics
import tempfile
import time
import warnings
from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from drivers.contracts import RECORD_COLUMNS, Batch, StepKind, Translation
from orchestrator.analysis.dataset import CYCLE_COLUMNS, Dataset
from orchestrator.analysis.load_dataset import load_dataset
from orchestrator.analysis.per_cycle import per_cycle
from orchestrator.store.cells import insert_cell
from orchestrator.store.cycle_counts import CycleCounter
from orchestrator.store.database import open_database
from orchestrator.store.recorder import Recorder
from orchestrator.store.segments import insert_segment
from orchestrator.store.tables import protocols, runs
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade
from protocols.cell import Cell
from protocols.plan import Estimate, Plan, Segment
from protocols.program import Limits, Origin, Program, Record, Rest, Until
from protocols.storage import dump_plan

CYCLES, PER_HALF, EVERY_S = 500, 200, 9.0
ROUNDS = 5
CELL = Cell("A1", active_mass_g=0.00275, area_cm2=1.131)
Columns = dict[str, np.ndarray[Any, Any]]


def measure() -> dict[str, dict[str, Any]]:
    """Take turns; the ratio is taken round by round, its median told: their time over ours."""
    columns = _columns()
    with tempfile.TemporaryDirectory() as folder:
        ours = {"records": lambda: _from_records(columns), "database": _from_database(Path(folder), columns)}
        theirs = {"pyprobe": _by_pyprobe(columns), "cellpy": _by_cellpy(columns)}
        rivals = {name: once for name, once in theirs.items() if once is not None}
        if not rivals:
            return {}
        everybody: dict[str, Callable[[], pd.Series]] = {**ours, **rivals}
        expected = columns["step_capacity_Ah"].max()
        for name, once in everybody.items():
            found = once()
            if len(found) != CYCLES or not np.allclose(found, expected, rtol=1e-6):
                raise RuntimeError(f"{name} does not find the capacity that every cycle has")
        rounds = [{name: _seconds(once) for name, once in everybody.items()} for _ in range(ROUNDS)]
    for name in everybody:
        print(f"  {name}: {1000 * statistics.median(one[name] for one in rounds):.1f} ms")
    return {
        f"cycle_summary_{place}_vs_{rival}": {
            "value": round(statistics.median(one[rival] / one[place] for one in rounds), 3),
            "target": 1.0,
            "better": "higher",
            "unit": "ratio",
        }
        for rival in rivals
        for place in ours
    }


def _seconds(once: Callable[[], object]) -> float:
    begun = time.perf_counter()
    once()
    return time.perf_counter() - begun


def _columns() -> Columns:
    index = np.arange(CYCLES * 2 * PER_HALF)
    half, place = np.divmod(index, PER_HALF)
    charging, step_time_s = half % 2 == 1, place * EVERY_S
    share = place / (PER_HALF - 1)
    capacity_Ah = 2.7e-3 * step_time_s / 3600
    columns = {
        "seq": index + 1,
        "cycle": half // 2 + 1,
        "step": half % 2 + 1,
        "step_kind": np.where(charging, int(StepKind.CC_CHARGE), int(StepKind.CC_DISCHARGE)),
        "unix_time_s": 1.7e9 + index * EVERY_S,
        "test_time_s": index * EVERY_S,
        "step_time_s": step_time_s,
        "voltage_V": 0.01 + 1.49 * np.where(charging, share, 1 - share),
        "current_A": np.where(charging, 2.7e-3, -2.7e-3),
        "step_capacity_Ah": capacity_Ah,
        "step_energy_Wh": capacity_Ah * 0.4,
        "temperature_degC": np.full(len(index), np.nan),
    }
    return {name: columns[name].astype(kind) for name, kind in RECORD_COLUMNS.items()}


def _from_records(columns: Columns) -> pd.Series:
    counter = CycleCounter({})
    counter.add(columns)
    told = pd.DataFrame(map(attrgetter(*CYCLE_COLUMNS), counter.changed()), columns=list(CYCLE_COLUMNS))
    run = Dataset.from_frames(told, cell=CELL).runs[0]
    return per_cycle(run, "half")["charge_capacity_mAh"] / 1e3


def _from_database(folder: Path, columns: Columns) -> Callable[[], pd.Series]:
    engine = open_database(f"sqlite:///{folder / 'bench.sqlite'}")
    upgrade(engine)
    run_id = _store(engine, columns)

    def once() -> pd.Series:
        with reading(engine) as connection:
            run = load_dataset(connection, [run_id]).runs[0]
            return per_cycle(run, "half")["charge_capacity_mAh"] / 1e3

    return once


def _store(engine: Any, columns: Columns) -> int:
    origin = Origin(1, "steps")
    program = Program((Rest(Until(duration_s=1.0), origin),), Limits(-1, 5, 1), Record(interval_s=1.0))
    plan = Plan("bench", "0", CELL, {}, (Segment(program, Estimate(1, 1, 1, 1)),), (), Estimate(1, 1, 1, 1))
    row = {"cell_id": CELL.id, "protocol_sha256": "0", "protocol": "bench", "instrument": "bts-1", "channel": "1"}
    state = {"desired": "run", "state": "running", "item": 0, "created_unix_s": 0, "created_by": "bench"}
    with writing(engine) as connection:
        insert_cell(connection, CELL, now=0.0)
        connection.execute(protocols.insert().values(sha256="0", name="bench", source="", created_unix_s=0))
        new = runs.insert().values(**row, **state, plan=dump_plan(plan), cycles_done=0)
        run_id: int = connection.execute(new.returning(runs.c.id)).scalar_one()
        nothing = Translation(b"", "application/xml", ())
        segment_id = insert_segment(connection, run_id=run_id, number=0, attempt=1, tag="A1", translation=nothing)
    with Recorder(engine) as recorder:
        recorder.record(run_id, segment_id, Batch(columns, "all")).result(timeout=120)
    return run_id


def _by_pyprobe(columns: Columns) -> Callable[[], pd.Series] | None:
    if importlib.util.find_spec("pyprobe") is None:
        print("  PyProBE is left out: not installed; say: pip install 'cellbench[bench]'")
        return None
    import polars as pl
    from pyprobe.analysis import cycling
    from pyprobe.filters import Procedure

    charging = columns["current_A"] > 0
    full_Ah = columns["step_capacity_Ah"].max()
    table = pl.DataFrame(
        {
            "Time [s]": columns["test_time_s"],
            "Step": columns["step"].astype("u8"),
            "Event": (columns["cycle"] * 2 + columns["step"]).astype("u8"),
            "Current [A]": columns["current_A"],
            "Voltage [V]": columns["voltage_V"],
            "Capacity [Ah]": np.where(charging, columns["step_capacity_Ah"], full_Ah - columns["step_capacity_Ah"]),
        }
    )

    def once() -> pd.Series:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cycles inferred from step numbers, as intended
            summary = cycling.summary(Procedure(readme_dict={}, lf=table.lazy(), info={}))
            return pd.Series(summary.data["Charge Capacity [Ah]"].to_numpy())

    return once


def _by_cellpy(columns: Columns) -> Callable[[], pd.Series] | None:
    if importlib.util.find_spec("cellpy") is None:
        print("  cellpy is left out: not installed (it holds pandas below 3); say: pip install cellpy")
        return None
    from cellpy import cellreader

    cell = cellreader.CellpyCell(initialize=True)
    charging = columns["current_A"] > 0
    raw = {
        "data_point": columns["seq"],
        "test_time": columns["test_time_s"],
        "step_time": columns["step_time_s"],
        "cycle_index": columns["cycle"],
        "step_index": columns["step"],
        "current": columns["current_A"],
        "voltage": columns["voltage_V"],
        "charge_capacity": np.where(charging, columns["step_capacity_Ah"], 0.0),
        "discharge_capacity": np.where(charging, columns["step_capacity_Ah"].max(), columns["step_capacity_Ah"]),
    }
    cell.data.raw = pd.DataFrame(raw).assign(date_time=pd.to_datetime(columns["unix_time_s"], unit="s"))
    cell.cycle_mode = "anode"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own
        cell.make_step_table()

    def once() -> pd.Series:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            cell.make_summary(find_ir=False, find_end_voltage=False, ensure_step_table=False)
        return cell.data.summary["charge_capacity"]

    return once
