"""A node with 64 channels that record once a second, polled every 10 s, in real time: memory, processor, lateness.

How late a record is stored is judged by the virtual instrument's own memory, by the oldest record of every commit in
the steady window: from when the instrument first told it (a BTS tells what it measured 5 s ago) and from when it was
measured. The latter can never be better than poll and lag together, 15 s; what is above them is ours.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.process_usage import cpu_s, peak_memory_MB
from benchmarks.rack import POLL_S, STATUS_LAG_S, Middle, Rack

CHANNELS = 64
WARM_UP_S = 15.0  # behind the start of the last channel
STEADY_S = 60.0
LOOK_EVERY_S = 0.1
OURS_S = 1.0  # for reading 64 tests, storing them, and the look at the database that sees it


@dataclass(frozen=True)
class Stored:
    """A change that was seen in the database: the segment's records are stored up to this number."""

    segment: int
    records: int
    seen_unix_s: float


def measure() -> dict[str, dict[str, Any]]:
    """Once; a minute of real time is six polls of every channel."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        rack = stack.enter_context(Rack(folder, [Middle(CHANNELS, 1.0)]))
        node = stack.enter_context(rack.node())
        rack.wait_until_running()
        _watch(rack.database, WARM_UP_S)
        cpu_before_s, began = cpu_s(node.pid), time.monotonic()
        stored = _watch(rack.database, STEADY_S)
        cpu_share = (cpu_s(node.pid) - cpu_before_s) / (time.monotonic() - began)
        memory_MB = peak_memory_MB(node.pid)
        age_s = _age_s(stored, rack.measured_unix_s())
    if len(stored) < CHANNELS * (STEADY_S // POLL_S - 1):
        raise RuntimeError(f"only {len(stored)} commits of a segment in {STEADY_S:g} s: not every poll brought records")
    print(
        f"  {len(stored)} commits, their oldest records stored {min(age_s):.2f} to {max(age_s):.2f} s after measuring"
    )
    return {
        "channels_64_rss": _figure(memory_MB, 200, "MB"),
        "channels_64_cpu": _figure(100 * cpu_share, 25, "% of a core"),
        "channels_64_lateness": _figure(max(age_s) - STATUS_LAG_S, 15, "s"),
        "channels_64_age": _figure(max(age_s), POLL_S + STATUS_LAG_S + OURS_S, "s"),
    }


def _watch(database: Path, duration_s: float) -> list[Stored]:
    """Look at the counts of all segments ten times a second; the first look is where it begins."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    known = dict(connection.execute("SELECT id, records FROM segments"))
    found: list[Stored] = []
    end = time.monotonic() + duration_s
    while time.monotonic() < end:
        time.sleep(LOOK_EVERY_S)
        counts = dict(connection.execute("SELECT id, records FROM segments"))
        now = time.time()
        found += [Stored(segment, known[segment], now) for segment in counts if counts[segment] > known[segment]]
        known = counts
    connection.close()
    return found


def _age_s(stored: Sequence[Stored], measured_unix_s: Mapping[int, Any]) -> list[float]:
    """How old the oldest record of each commit was when it was seen in the database: those behind it waited less."""
    return [one.seen_unix_s - float(measured_unix_s[one.segment][one.records]) for one in stored]


def _figure(value: float, target: float, unit: str) -> dict[str, Any]:
    return {"value": round(value, 2), "target": target, "better": "lower", "unit": unit}


if __name__ == "__main__":
    print(measure())
