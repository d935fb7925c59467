"""How long a report of the demo's whole study takes, from the command to the file, as a user waits for it.

It needs what ``make demo`` has left behind; without that it says so and measures nothing. The service's ``web`` answers
from that database; the virtual laboratory itself is gone by then.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.process_usage import cpu_s, ended_children_cpu_s
from orchestrator.cli.demo_jobs import JOBS
from orchestrator.client import Client, ServiceUnreachable
from orchestrator.config import read_lab

DEMO = Path(__file__).parents[1] / "demo"
ROUNDS = 3
UP_WITHIN_S = 60.0


def measure() -> dict[str, dict[str, Any]]:
    """The fastest of three: what else the machine does only adds."""
    lab = _newest_demo()
    if lab is None:
        print("  left out: there is no finished demo; say: make demo")
        return {}
    with _web(lab) as process, tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.html"
        command = [sys.executable, "-m", "orchestrator.cli", "report", "--all", "-o", str(target), "--lab", str(lab)]
        rounds = [_seconds(command, process.pid) for _ in range(ROUNDS)]
        size_MB = target.stat().st_size / 1e6
    wall_s, own_s, web_s = min(rounds)
    print(f"  {size_MB:.1f} MB; processor: {own_s:.1f} s for the command, {web_s:.1f} s for the service")
    return {"report_of_study": {"value": round(wall_s, 2), "target": 10, "better": "lower", "unit": "s"}}


def _newest_demo() -> Path | None:
    numbers = [int(path.name) for path in DEMO.glob("*") if path.name.isdecimal() and (path / "report.html").exists()]
    return DEMO / str(max(numbers)) / "lab.yaml" if numbers else None


def _seconds(command: list[str], web_pid: int) -> tuple[float, float, float]:
    """Wall, and processor of the command and of the service."""
    own_s, web_s, began = ended_children_cpu_s(), cpu_s(web_pid), time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - began, ended_children_cpu_s() - own_s, cpu_s(web_pid) - web_s


@contextmanager
def _web(lab: Path) -> Iterator[subprocess.Popen[bytes]]:
    """``cellbench web`` of that laboratory, once it answers and has the whole study."""
    subprocess.run([sys.executable, "-m", "orchestrator.cli", "db", "upgrade", "--lab", str(lab)], check=True)
    command = [sys.executable, "-m", "orchestrator.cli", "web", "--lab", str(lab)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process, Client(read_lab(lab).web.url) as client:
        try:
            _require_study(client)
            yield process
        finally:
            process.terminate()


def _require_study(client: Client) -> None:
    deadline = time.monotonic() + UP_WITHIN_S
    while True:
        try:
            runs = client.runs(limit=1000).items
            break
        except ServiceUnreachable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    wanted = {job.protocol: len(job.cells) for job in JOBS}
    completed = [run.protocol for run in runs if run.state == "completed"]
    if {name: completed.count(name) for name in wanted} != wanted:
        raise RuntimeError(f"the demo's newest laboratory has not the whole study, but {len(completed)} runs of it")


if __name__ == "__main__":
    print(measure())
