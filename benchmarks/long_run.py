"""A run of very many records, as the Recorder writes them, of a channel that cycles for ever."""

from __future__ import annotations

import numpy as np
from sqlalchemy import Engine, select

from drivers.contracts import RECORD_COLUMNS, Batch, StepKind
from orchestrator.run_state import RunState
from orchestrator.store.recorder import Recorder
from orchestrator.store.runs import set_state
from orchestrator.store.segments import set_started
from orchestrator.store.tables import segments
from orchestrator.store.transactions import reading, writing

__all__ = ["BEGAN_unix_s", "write_long_run", "write_records"]

BEGAN_unix_s = 1.7e9
INTERVAL_s = 10.0
_BATCH = 20_000
_HALF_CYCLE = 1_000
"""Records."""
_CURRENT_A = 2.7e-3


def write_long_run(engine: Engine, run_id: int, records: int) -> None:
    """Give a launched run so many records, one every 10 s, with a temperature; it goes on."""
    with writing(engine) as connection:
        segment_id = connection.execute(select(segments.c.id).where(segments.c.run_id == run_id)).scalar_one()
        set_started(connection, segment_id, now=BEGAN_unix_s)
        for state in (RunState.STARTING, RunState.RUNNING):
            set_state(connection, run_id, state, now=BEGAN_unix_s, actor="engine")
    write_records(engine, run_id, 1, records)


def write_records(engine: Engine, run_id: int, first: int, last: int) -> None:
    """Write records ``first`` to ``last`` of such a run, the earlier ones being there."""
    with reading(engine) as connection:
        segment_id = connection.execute(select(segments.c.id).where(segments.c.run_id == run_id)).scalar_one()
    with Recorder(engine) as recorder:
        waiting = [
            recorder.record(run_id, segment_id, _batch(begin, min(_BATCH, last + 1 - begin)))
            for begin in range(first, last + 1, _BATCH)
        ]
        for one in waiting:
            one.result(timeout=300)


def _batch(first_seq: int, rows: int) -> Batch:
    seq = np.arange(first_seq, first_seq + rows)
    half = (seq - 1) // _HALF_CYCLE
    step_time_s = ((seq - 1) % _HALF_CYCLE) * INTERVAL_s
    part = step_time_s / (_HALF_CYCLE * INTERVAL_s)
    charging = half % 2 == 1
    noise = np.random.default_rng(first_seq).normal(0, 1e-4, rows)
    capacity_Ah = step_time_s * _CURRENT_A / 3600
    voltage_V = 0.01 + 1.49 * np.where(charging, part, 1 - part) ** 2 + noise
    columns = {
        "seq": seq,
        "cycle": half // 2 + 1,
        "step": half % 2 + 2,
        "step_kind": np.where(charging, int(StepKind.CC_CHARGE), int(StepKind.CC_DISCHARGE)),
        "unix_time_s": BEGAN_unix_s + seq * INTERVAL_s,
        "test_time_s": seq * INTERVAL_s,
        "step_time_s": step_time_s,
        "voltage_V": voltage_V,
        "current_A": np.where(charging, _CURRENT_A, -_CURRENT_A) + noise * 1e-3,
        "step_capacity_Ah": capacity_Ah,
        "step_energy_Wh": capacity_Ah * voltage_V,
        "temperature_degC": 25 + 100 * noise,
    }
    return Batch({name: columns[name].astype(kind) for name, kind in RECORD_COLUMNS.items()}, str(seq[-1]))
