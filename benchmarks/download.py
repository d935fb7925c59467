"""Rows per second of our download path, from the wire to columns, against the unmodified aurora-neware client.

Both read the same test of the same virtual NEWARE through a relay that tells each reply from memory from the second
time on: so the figure compares the clients, not how fast a virtual instrument writes rows. What ours does beyond theirs
is in its time: gaps and doubles, test time, unix time in the instrument's zone, types, columns as arrays.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from aurora_neware import NewareAPI

from benchmarks.replay import replay
from drivers.contracts import Batch, Cycler, Surroundings, TestHandle
from drivers.neware import open_cycler
from protocols.program import ConstantCurrent, Limits, Loop, Origin, Program, Record, Until
from simulators.lab.process import spawn_lab

CYCLES = 20  # at 1C, a record a second: some 120,000 rows
ROWS_MIN = 100_000
ROUNDS = 7
ROWS_PER_READ = 20_000  # as the engine reads
CHANNEL = "27-21-1-1"
AURORA_CHANNEL = "21-1-1"
REPLY_END = b"\n\n#\r\n"


@dataclass(frozen=True)
class Reading:
    """One whole test, read by one client."""

    voltage_V: np.ndarray[Any, np.dtype[np.float64]]
    elapsed_s: float

    @property
    def rows_per_s(self) -> float:
        return len(self.voltage_V) / self.elapsed_s


def measure() -> dict[str, dict[str, Any]]:
    """Take turns; the ratio is taken round by round, in the same mood of the machine, and its median is told."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        port = stack.enter_context(_long_test(folder))
        api = stack.enter_context(NewareAPI(port=port))
        cycler = _open(folder, port)
        stack.callback(cycler.close)
        if not np.array_equal(_read_ours(cycler).voltage_V, _read_theirs(api).voltage_V):
            raise RuntimeError("the two clients do not read the same test")  # and the relay knows every reply now
        rounds = [(_read_theirs(api), _read_ours(cycler)) for _ in range(ROUNDS)]
    rows = len(rounds[0][0].voltage_V)
    if rows < ROWS_MIN:
        raise RuntimeError(f"only {rows} rows: not the test that was meant")
    theirs = statistics.median(their.rows_per_s for their, _ in rounds)
    ours = statistics.median(our.rows_per_s for _, our in rounds)
    print(f"  {rows:,} rows: aurora-neware {theirs:,.0f} rows/s, ours {ours:,.0f} rows/s")
    ratio = statistics.median(our.rows_per_s / their.rows_per_s for their, our in rounds)
    return {"download_vs_aurora": {"value": round(ratio, 3), "target": 3.0, "better": "higher", "unit": "ratio"}}


@contextmanager
def _long_test(folder: Path) -> Iterator[int]:
    """A finished test on a virtual NEWARE; yields the port of the relay before it."""
    (folder / "steps").mkdir()
    with spawn_lab(_lab_file(folder)) as lab, lab.control() as control:
        cycler = _open(folder, lab.ports["bts-1"])
        cycler.start(CHANNEL, cycler.translate(_program(), CHANNEL), "bench#1.0.1")
        cycler.close()
        control.advance(CYCLES * 4 * 3600.0)
        with replay(lab.ports["bts-1"], REPLY_END) as port:
            yield port


def _program() -> Program:
    """Cycling at about 1C with a record a second: some 6000 in a cycle."""
    origin = Origin(1, "steps")
    discharge = ConstantCurrent(-3e-3, Until(voltage_V=0.01), origin)
    charge = ConstantCurrent(3e-3, Until(voltage_V=1.5), origin)
    return Program((Loop(CYCLES, (discharge, charge), origin),), Limits(-0.5, 5.0, 0.05), Record(interval_s=1.0))


def _lab_file(folder: Path) -> Path:
    path = folder / "virtual_lab.yaml"
    bts = {
        "kind": "neware",
        "listen": "127.0.0.1:0",
        "devices": [{"devtype": 27, "devid": 21, "subdevices": 1, "channels": 1}],
        "time_zone": "Asia/Shanghai",
        "paths": {"D:\\steps": "./steps"},
        "cells": {CHANNEL: {"material": "sio_c_l", "active_mass_g": 0.00275, "area_cm2": 1.131, "seed": 1}},
    }
    lab = {
        "virtual_lab": "one channel",
        "control": "127.0.0.1:0",
        "start": "2026-01-05T08:00:00+08:00",
        "instruments": {"bts-1": bts},
    }
    path.write_text(yaml.safe_dump(lab))
    return path


def _open(folder: Path, port: int) -> Cycler:
    options = {
        "time_zone": "Asia/Shanghai",
        "step_dir": str(folder / "steps"),
        "remote_step_dir": "D:\\steps",
        "channel": {"voltage_min_V": -5.0, "voltage_max_V": 5.0, "current_max_A": 0.05},
    }
    return open_cycler("bts-1", f"127.0.0.1:{port}", options, Surroundings(time.time, folder))


def _read_ours(cycler: Cycler) -> Reading:
    """As the engine does it: a look at the channels, then piece by piece to the end."""
    began = time.perf_counter()
    status = cycler.observe()[CHANNEL]
    handle = TestHandle(CHANNEL, status.tag or "", status.test_id)
    batches: list[Batch] = []
    cursor, more = "", True
    while more:
        batches.append(cycler.read(handle, cursor, ROWS_PER_READ))
        cursor, more = batches[-1].cursor, batches[-1].more
    elapsed_s = time.perf_counter() - began
    return Reading(np.concatenate([batch.columns["voltage_V"] for batch in batches]), elapsed_s)


def _read_theirs(api: NewareAPI) -> Reading:
    began = time.perf_counter()
    columns = api.download(AURORA_CHANNEL, last_n_points=0)
    elapsed_s = time.perf_counter() - began
    return Reading(np.array(columns["volt"], dtype=float), elapsed_s)


if __name__ == "__main__":
    print(measure())
