"""Six VSP-300 channels at 200 records a second each, in real time, through the driver: child, spool and decoding.

The driver looks as often as it asks for itself, once a second at the latest, and reads all that is new after each look.
Its processor time is that of this process and of the one that owns EClib; the instrument is a third.
"""

from __future__ import annotations

import math
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

from benchmarks.process_usage import cpu_s
from drivers.biologic.cycler import BiologicCycler
from drivers.biologic.options import read_options
from drivers.contracts import Surroundings, TestHandle
from protocols.program import ConstantCurrent, Limits, Origin, Program, Record, Until
from simulators.lab.process import LabProcess, spawn_lab

CHANNELS = 6
RECORDS_A_SECOND = 200.0
WARM_UP_S = 5.0
STEADY_S = 60.0
POLL_S = 1.0
CELL = {"material": "sio_c_l", "active_mass_g": 0.00275, "area_cm2": 1.131}
PROGRAM = Program(
    (ConstantCurrent(0.0005, Until(duration_s=600.0), Origin(1, "steps[0]")),),
    Limits(-0.5, 4.0, 0.01),
    Record(interval_s=1 / RECORDS_A_SECOND),
)


def measure() -> dict[str, dict[str, Any]]:
    """Once, a minute of real time."""
    with tempfile.TemporaryDirectory() as folder, spawn_lab(_lab_file(Path(folder))) as lab:
        options = {"library": "simulators.biologic.eclib:VirtualEClib", "timeout": 10.0}
        address = f"127.0.0.1:{lab.ports['vsp-1']}"
        cycler = BiologicCycler(
            "vsp-1", read_options(address, options), Surroundings(time.time, Path(folder) / "state")
        )
        try:
            return _measure(cycler, lab)
        finally:
            cycler.close()


def _measure(cycler: BiologicCycler, lab: LabProcess) -> dict[str, dict[str, Any]]:
    handles = [cycler.start(name, cycler.translate(PROGRAM, name), f"c{name}#1.1.1") for name in cycler.channels()]
    cursors = dict.fromkeys(handles, "")
    _look_for(WARM_UP_S, cycler, cursors)
    child = cycler.link.pid
    assert child is not None
    cpu_before_s, cycler.peak_fill, began = cpu_s(os.getpid()) + cpu_s(child), 0.0, time.monotonic()
    records = _look_for(STEADY_S, cycler, cursors)
    passed_s = time.monotonic() - began
    share = (cpu_s(os.getpid()) + cpu_s(child) - cpu_before_s) / passed_s
    for handle in handles:
        cycler.stop(handle.channel)
    lost = _lost(cycler, cursors, lab)
    print(f"  {records} records in {passed_s:.1f} s, {lost} lost")
    return {
        "biologic_rack_records": _figure(records / passed_s, 0.99 * CHANNELS * RECORDS_A_SECOND, "higher", "records/s"),
        "biologic_rack_memory": _figure(100 * cycler.peak_fill, 5.0, "lower", "% of a channel's memory"),
        "biologic_rack_cpu": _figure(100 * share, 30.0, "lower", "% of a core"),
        "biologic_rack_lost": _figure(lost, 0, "lower", "records"),
    }


def _look_for(duration_s: float, cycler: BiologicCycler, cursors: dict[TestHandle, str]) -> int:
    """Look, and read everything that is new; how many records that were."""
    records, end = 0, time.monotonic() + duration_s
    while time.monotonic() < end:
        began = time.monotonic()
        cycler.observe()
        records += _read_new(cycler, cursors)
        within_s = cycler.look_within_s()
        within_s = POLL_S if math.isinf(within_s) else min(POLL_S, within_s)
        time.sleep(max(0.0, within_s - (time.monotonic() - began)))
    return records


def _read_new(cycler: BiologicCycler, cursors: dict[TestHandle, str]) -> int:
    records = 0
    for handle, begin in list(cursors.items()):
        cursor, more = begin, True
        while more:
            batch = cycler.read(handle, cursor)
            cursor, more = batch.cursor, batch.more
            records += len(batch)
        cursors[handle] = cursor
    return records


def _lost(cycler: BiologicCycler, cursors: dict[TestHandle, str], lab: LabProcess) -> int:
    """What the instrument has measured in all, less what the driver has of it."""
    while not all(cycler.observe()[handle.channel].records_complete for handle in cursors):
        time.sleep(POLL_S)
    kept = sum(len(cycler.read(handle, "", 10**9)) for handle in cursors)
    with lab.control() as control:
        return sum(int(test["records"]) for test in control.tests("vsp-1")) - kept


def _lab_file(folder: Path) -> Path:
    vsp = {
        "kind": "vsp300",
        "listen": "127.0.0.1:0",
        "channels": list(range(CHANNELS)),
        "cells": {number: {**CELL, "seed": number} for number in range(CHANNELS)},
    }
    content = {
        "virtual_lab": "six channels in real time",
        "control": "127.0.0.1:0",
        "speed_without_node": 1,
        "instruments": {"vsp-1": vsp},
    }
    path = folder / "virtual_lab.yaml"
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def _figure(value: float, target: float, better: str, unit: str) -> dict[str, Any]:
    return {"value": round(value, 2), "target": target, "better": better, "unit": unit}


if __name__ == "__main__":
    print(measure())
