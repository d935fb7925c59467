"""How long the demo's long cycling takes: nine cells, 500 cycles each at 2C, through service, wire and database.

The demo's own lab, service and library protocol. Its cells of two of the materials wear out long before 500 cycles and
are taken off, which would flatter the figure; so all nine are of the material that lasts. Every half-cycle has to have
at least 200 records, or the figure is not told.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import yaml

from benchmarks.process_usage import ended_children_cpu_s, machine_cpu_s
from drivers.contracts import StepKind
from orchestrator.cli.demo_lab import CYCLED, write_lab_file, write_virtual_lab_file
from orchestrator.client import Client, ServiceUnreachable
from orchestrator.web.models.cell import NewCell
from orchestrator.web.models.run import LaunchRequest, Placement
from simulators.lab.process import spawn_lab

PROTOCOL = "cycling-2c-500"
CYCLES = 500
RECORDS_MIN = 200  # of a half-cycle
LASTING = "sio_c_l"
PATIENCE_S = 600.0
LOOK_EVERY_S = 1.0


def measure() -> dict[str, dict[str, Any]]:
    """Once, and how much of the machine was not ours meanwhile: the figure means little on a busy one."""
    machine_s, ours_s, began = machine_cpu_s(), ended_children_cpu_s(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        elapsed_s = _run(Path(folder))
        ours_s, machine_s = ended_children_cpu_s() - ours_s, machine_cpu_s() - machine_s
        whole_s = (time.monotonic() - began) * (os.cpu_count() or 1)
        records, fewest = _records(Path(folder) / "cellbench.db")
    print(f"  {records:,} records, at least {fewest} a half-cycle; processor: {ours_s:.0f} s for this,", end=" ")
    print(f"{max(0.0, machine_s - ours_s):.0f} s for everything else, of {whole_s:.0f} s")
    if fewest < RECORDS_MIN:
        raise RuntimeError(f"a half-cycle of {fewest} records: not the run that was meant")
    return {"demo_9x500_cycles": {"value": round(elapsed_s, 1), "target": 90, "better": "lower", "unit": "s"}}


def _run(folder: Path) -> float:
    """Seconds from the launch to the end of the last run, as a user would wait for it."""
    web_port = _free_port()
    with spawn_lab(_lasting_cells(write_virtual_lab_file(folder))) as lab:
        lab_file = _cycler_only(write_lab_file(folder, lab.control_port, lab.ports, web_port))
        with _service(lab_file, web_port) as client:
            began = time.monotonic()
            _wait_until_completed(client, _launch(client))
            return time.monotonic() - began


def _lasting_cells(virtual_lab: Path) -> Path:
    lab = yaml.safe_load(virtual_lab.read_text(encoding="utf-8"))
    for cell in lab["instruments"]["bts-1"]["cells"].values():
        cell["material"] = LASTING
    virtual_lab.write_text(yaml.safe_dump(lab, sort_keys=False), encoding="utf-8")
    return virtual_lab


def _cycler_only(lab_file: Path) -> Path:
    """The demo's other instruments poll on their own: they are no part of this figure."""
    lab = yaml.safe_load(lab_file.read_text(encoding="utf-8"))
    lab["instruments"] = {"bts-1": lab["instruments"]["bts-1"]}
    lab["benches"] = {name: one for name, one in lab["benches"].items() if one["channel"].startswith("bts-1/")}
    lab_file.write_text(yaml.safe_dump(lab, sort_keys=False), encoding="utf-8")
    return lab_file


@contextmanager
def _service(lab_file: Path, web_port: int) -> Iterator[Client]:
    """``cellbench serve`` and a client of it, once its node sees every channel."""
    command = [sys.executable, "-m", "orchestrator.cli", "serve", "--lab", str(lab_file)]
    with (
        (lab_file.parent / "service.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log) as process,
        Client(f"http://127.0.0.1:{web_port}") as client,
    ):
        try:
            _wait_until_up(client)
            yield client
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_up(client: Client) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        try:
            channels = client.channels()
        except ServiceUnreachable:
            channels = []
        if channels and all(channel.state is not None for channel in channels):
            return
        time.sleep(0.1)
    raise TimeoutError("the service did not come up")


def _launch(client: Client) -> list[int]:
    for cell in CYCLED:
        size = {"active_mass_g": cell.active_mass_g, "area_cm2": cell.area_cm2}
        window = {"nominal_capacity_Ah": cell.nominal_capacity_Ah, "window_min_V": 0.01, "window_max_V": 1.5}
        client.add_cell(NewCell(id=cell.id, material=LASTING, actor="bench", **size, **window))
    placements = [Placement(cell=cell.id, bench=cell.bench) for cell in CYCLED]
    answer = client.launch(LaunchRequest(protocol=PROTOCOL, placements=placements, actor="bench"))
    return [run.run_id for run in answer.runs]


def _wait_until_completed(client: Client, runs: list[int]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while client.runs(active=True).items:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not completed within {PATIENCE_S:g} s")
        time.sleep(LOOK_EVERY_S)
    for run in map(client.run, runs):
        if run.state != "completed" or run.progress.cycles_done != CYCLES:
            raise RuntimeError(f"run {run.id} {run.state} after {run.progress.cycles_done} cycles: {run.reason}")


def _records(database: Path) -> tuple[int, int]:
    """All records, and the fewest of any half-cycle of any run."""
    kinds = (int(StepKind.CC_CHARGE), int(StepKind.CC_DISCHARGE))
    half_cycles = "SELECT count(*) AS found FROM records WHERE step_kind IN (?, ?) GROUP BY segment_id, cycle, step"
    with closing(sqlite3.connect(database)) as connection:
        total = connection.execute("SELECT count(*) FROM records").fetchone()[0]
        count, fewest = connection.execute(f"SELECT count(*), min(found) FROM ({half_cycles})", kinds).fetchone()
    if count != 2 * CYCLES * len(CYCLED):
        raise RuntimeError(f"{count} half-cycles instead of {2 * CYCLES * len(CYCLED)}")
    return total, fewest


if __name__ == "__main__":
    print(measure())
