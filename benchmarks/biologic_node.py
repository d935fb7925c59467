"""A node with six VSP-300 channels at 200 records a second each, in real time, from the wire into the database.

The node looks at the instrument as on a bench, once a second. Its processor time is that of the node, which decodes and
stores, and of its child, which owns EClib and the spools; the instrument is a process of its own and does not count.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from benchmarks.biologic_rack import CELL, CHANNELS, RECORDS_A_SECOND
from benchmarks.process_usage import cpu_s
from orchestrator.store.tables import records, segments
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench

WARM_UP_S = 8.0
STEADY_S = 60.0
PATIENCE_S = 60.0
PROTOCOL = f"""\
cellbench: 1
protocol: finely-recorded
cell: {{window: [0.01 V, 1.5 V]}}
limits: {{voltage: [-0.05 V, 2.0 V], current: 3C}}
record: {{every: {1000 / RECORDS_A_SECOND:g} ms}}
steps:
  - discharge: {{current: 0.1C, until: {{duration: 10 min}}}}
"""


def measure() -> dict[str, dict[str, Any]]:
    """Once, a minute of real time."""
    cells = {f"P{number}": {**CELL, "seed": number} for number in range(1, CHANNELS + 1)}
    options = {"vsp-1": {"poll": "1 s"}}
    with tempfile.TemporaryDirectory() as folder:
        described = {"options": options, "lab": {"clock": "system"}, "speed_without_node": 1}
        with VirtualBench(Path(folder) / "bench", cells, **described) as bench:
            for number in range(1, CHANNELS + 1):
                bench.add_cell(f"V{number}", f"P{number}")
                bench.launch("finely-recorded", f"V{number}", f"P{number}", source=PROTOCOL)
            with bench.node() as node:
                return _measure(bench, node)


def _measure(bench: VirtualBench, node: subprocess.Popen[bytes]) -> dict[str, dict[str, Any]]:
    deadline = time.monotonic() + PATIENCE_S
    while _recording(bench) < CHANNELS:
        if time.monotonic() > deadline:
            raise TimeoutError(f"not all channels ran:\n{bench.node_log.read_text()}")
        time.sleep(0.5)
    time.sleep(WARM_UP_S)
    processes = [node.pid, *_children(node.pid)]
    used_s, stored, began = sum(map(cpu_s, processes)), _stored(bench), time.monotonic()
    time.sleep(STEADY_S)
    passed_s = time.monotonic() - began
    share = (sum(map(cpu_s, processes)) - used_s) / passed_s
    rate = (_stored(bench) - stored) / passed_s
    return {
        "biologic_node_cpu": _figure(100 * share, 30.0, "lower", "% of a core"),
        "biologic_node_stored": _figure(rate, 0.98 * CHANNELS * RECORDS_A_SECOND, "higher", "records/s"),
    }


def _recording(bench: VirtualBench) -> int:
    with reading(bench.engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).where(segments.c.records > 0)) or 0


def _stored(bench: VirtualBench) -> int:
    """From the records themselves, by their keys: counting them all would be work of its own."""
    last = sa.select(sa.func.max(records.c.seq)).group_by(records.c.segment_id)
    with reading(bench.engine) as connection:
        return sum(connection.scalars(last))


def _children(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for thread in threads for child in (thread / "children").read_text().split()]


def _figure(value: float, target: float, better: str, unit: str) -> dict[str, Any]:
    return {"value": round(value, 2), "target": target, "better": better, "unit": unit}


if __name__ == "__main__":
    print(measure())
