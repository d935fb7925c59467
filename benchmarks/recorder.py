"""Rows per second of the Recorder against a raw ``sqlite3.executemany`` of the same rows, batches and pragmas."""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine

from drivers.contracts import RECORD_COLUMNS, Batch, StepKind
from orchestrator.store.database import open_database
from orchestrator.store.recorder import Recorder
from orchestrator.store.tables import cells, protocols, runs, segments
from orchestrator.store.upgrade import upgrade

CHANNELS = 8
ROWS = 250  # of one channel in 100 ms
TRANSACTIONS = 40
ROUNDS = 9
RECORDS_PER_STEP = 200  # a half-cycle
STEP_FILE_BYTES = 12_000


def measure() -> dict[str, dict[str, Any]]:
    """Take turns, each on a fresh database; the median of the rounds' ratios is told."""
    ratios = {
        "recorder_rows_vs_raw_sqlite": _ratio(CHANNELS, ROWS),
        "recorder_one_channel_vs_raw_sqlite": _ratio(1, 2000),
    }
    return {
        name: {"value": value, "target": 0.6, "better": "higher", "unit": "ratio"} for name, value in ratios.items()
    }


def _ratio(channels: int, rows: int) -> float:
    batches = [_batch(index * rows + 1, rows) for index in range(TRANSACTIONS)]
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):  # each round in the same mood of the machine, so the ratio is taken round by round
            raw_s = _time_raw(Path(folder) / f"raw{number}.sqlite", channels, batches)
            ratios.append(raw_s / _time_recorder(Path(folder) / f"recorder{number}.sqlite", channels, batches))
    return round(statistics.median(ratios), 3)


def _batch(first_seq: int, rows: int) -> Batch:
    seq = np.arange(first_seq, first_seq + rows)
    step = (seq - 1) // RECORDS_PER_STEP
    step_time_s = ((seq - 1) % RECORDS_PER_STEP) * 9.0
    charging = step % 2 == 1
    voltage_V = 0.01 + 1.49 * np.abs(charging - step_time_s / 1800.0)
    noise = np.random.default_rng(first_seq).normal(0, 1e-5, rows)
    columns = {
        "seq": seq,
        "cycle": step // 2 + 1,
        "step": step % 2 + 1,
        "step_kind": np.where(charging, int(StepKind.CC_CHARGE), int(StepKind.CC_DISCHARGE)),
        "unix_time_s": 1.7e9 + seq * 9.0,
        "test_time_s": seq * 9.0,
        "step_time_s": step_time_s,
        "voltage_V": voltage_V + noise,
        "current_A": np.where(charging, 2.7e-3, -2.7e-3) + noise * 1e-3,
        "step_capacity_Ah": step_time_s * 2.7e-3 / 3600,
        "step_energy_Wh": step_time_s * 2.7e-3 / 3600 * voltage_V,
        "temperature_degC": 25 + noise,
    }
    return Batch({name: columns[name].astype(kind) for name, kind in RECORD_COLUMNS.items()}, str(seq[-1]))


def _prepared(path: Path, channels: int) -> Engine:
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(cells.insert().values(id="A1", metadata={}, created_unix_s=0))
        connection.execute(protocols.insert().values(sha256="0", name="p", source="", created_unix_s=0))
        for number in range(1, channels + 1):
            connection.execute(runs.insert().values(**_run(number)))
            connection.execute(segments.insert().values(**_segment(number)))
    return engine


def _run(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "cell_id": "A1",
        "protocol_sha256": "0",
        "protocol": "p",
        "instrument": "bts-1",
        "channel": str(number),
        "plan": {},
        "desired": "run",
        "state": "running",
        "item": 0,
        "created_unix_s": 0,
        "created_by": "bench",
        "cycles_done": 0,
    }


def _segment(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "run_id": number,
        "number": 0,
        "attempt": 1,
        "tag": f"A1#{number}.0.1",
        "media_type": "application/xml",
        "content": b"x" * STEP_FILE_BYTES,
        "step_map": [{"step": step, "origin": {"label": "2C"}} for step in (1, 2)],
        "cursor": "",
        "records": 0,
        "cycle_offset": 0,
        "time_offset_s": 0,
    }


def _time_recorder(path: Path, channels: int, batches: list[Batch]) -> float:
    """Each transaction is all channels' batches of the same 100 ms, awaited before the next is sent, as in the node.

    So there are exactly as many commits as in the bare loop: what waits together would be committed together.
    """
    engine = _prepared(path, channels)
    with Recorder(engine) as recorder:
        begun = time.perf_counter()
        for batch in batches:
            for future in recorder.record_all((number, number, batch) for number in range(1, channels + 1)):
                future.result()
        elapsed_s = time.perf_counter() - begun
    engine.dispose()
    return elapsed_s


def _time_raw(path: Path, channels: int, batches: list[Batch]) -> float:
    """The same rows as ready-made tuples, one executemany and one commit for each transaction."""
    _prepared(path, channels).dispose()
    statement = f"INSERT INTO records VALUES ({', '.join('?' * (len(RECORD_COLUMNS) + 1))})"
    transactions = [[row for number in range(1, channels + 1) for row in _rows(number, batch)] for batch in batches]
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")
    begun = time.perf_counter()
    for rows in transactions:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(statement, rows)
        connection.execute("COMMIT")
    elapsed_s = time.perf_counter() - begun
    connection.close()
    return elapsed_s


def _rows(segment_id: int, batch: Batch) -> Iterator[tuple[Any, ...]]:
    return zip(repeat(segment_id), *(batch.columns[name].tolist() for name in RECORD_COLUMNS))


if __name__ == "__main__":
    print(measure())
