"""A node with 1,000 channels on sixteen BTS that record every 10 s, 64 of them every second, for ten minutes.

Everything runs on this machine: the sixteen virtual instruments, the node and its database. In real time, by the
system's clock, and a BTS tells what it measured 5 s ago. Nothing may be missing at the end, in no segment, and 99 of
100 records must be stored within 15 s of their measurement. Polled every 10 s that could not be promised of any
service: a record is 5 s to 15 s old when it is first asked for, so of 100 records 99 are within 15 s only where asking,
reading 64 channels and the commit take 0.1 s together. So status is polled twice as often, every 5 s.

``make soak-channels``; a shorter look, or another poll: ``python -m benchmarks.channels_1000 --minutes 2 --poll 10``.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.process_usage import cpu_s, machine_cpu_s, memory_MB
from benchmarks.rack import STATUS_LAG_S, Middle, Rack

ON_DEMAND = True
"""Not among the benchmarks that run unless named: it takes ten minutes."""
MIDDLES = [Middle(64, 1.0), *[Middle(64, 10.0)] * 14, Middle(40, 10.0)]
CHANNELS = sum(middle.channels for middle in MIDDLES)
MINUTES = 10.0
POLL_S = 5.0
WARM_UP_S = 30.0
LOOK_EVERY_S = 0.1
WITHIN_S = 15.0
FLAT_MB_PER_MINUTE = 0.5

Times = npt.NDArray[np.float64]


@dataclass
class Watched:
    """What was seen while it ran."""

    counts: dict[int, int]
    """Records that a segment had in the database when the watch began."""
    seen: list[tuple[float, dict[int, int]]] = field(default_factory=list)
    """When new records were found, and how many those segments have since."""
    memory_MB: list[tuple[float, float]] = field(default_factory=list)


def measure(minutes: float = MINUTES, poll_s: float = POLL_S) -> dict[str, dict[str, Any]]:
    """Once; ten minutes, and some more until all channels run."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        began = time.monotonic()
        rack = stack.enter_context(Rack(folder, MIDDLES, poll_s=poll_s))
        print(f"  {CHANNELS} runs launched in {time.monotonic() - began:.0f} s, polled every {poll_s:g} s", flush=True)
        began = time.monotonic()
        node = stack.enter_context(rack.node())
        rack.wait_until_running()
        print(f"  all channels run and record after {time.monotonic() - began:.0f} s", flush=True)
        time.sleep(WARM_UP_S)
        used = Usage.now(node.pid, rack.virtual_pid)
        watched = _watch(rack.database, node.pid, 60.0 * minutes)
        shares = used.shares()
        late = _judge(watched, rack.measured_unix_s(), rack.database, poll_s)
    _tell(watched, late, shares)
    growth = np.polyfit(*np.array(watched.memory_MB).T, 1)[0] * 60.0
    return {
        "channels_1000_lost": _figure(late.lost, 0, "lower", "records"),
        "channels_1000_within_15_s": _figure(100 * late.share_within(WITHIN_S), 99.0, "higher", "% of the records"),
        "channels_1000_memory_growth": _figure(float(growth), FLAT_MB_PER_MINUTE, "lower", "MB/min"),
        "channels_1000_rss": _figure(watched.memory_MB[-1][1], 400, "lower", "MB"),
        "channels_1000_cpu": _figure(100 * shares["node"], 100, "lower", "% of a core"),
    }


@dataclass(frozen=True)
class Usage:
    """Processor time so far, and since when."""

    node: int
    virtual: int
    used_s: Mapping[str, float]
    began: float

    @classmethod
    def now(cls, node: int, virtual: int) -> Usage:
        """Read the counters."""
        return cls(node, virtual, cls._read(node, virtual), time.monotonic())

    def shares(self) -> dict[str, float]:
        """Cores in use since then, by what."""
        passed_s = time.monotonic() - self.began
        now = self._read(self.node, self.virtual)
        return {name: (now[name] - self.used_s[name]) / passed_s for name in now}

    @staticmethod
    def _read(node: int, virtual: int) -> dict[str, float]:
        return {"node": cpu_s(node), "instruments": cpu_s(virtual), "whole machine": machine_cpu_s()}


@dataclass(frozen=True)
class Lateness:
    """Of every record that was measured and stored during the watch."""

    age_s: Times
    lost: int
    """Records that the instruments told long ago, and that are in the database neither now nor twice."""

    def share_within(self, seconds: float) -> float:
        """Of all records, those stored at most so long after they were measured."""
        return float(np.mean(self.age_s <= seconds))


@contextmanager
def _open(database: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        yield connection
    finally:
        connection.close()


def _watch(database: Path, node: int, duration_s: float) -> Watched:
    """Look ten times a second at what has been committed; at nothing where nothing has been."""
    with _open(database) as connection:
        watched = Watched(_counts(connection))
        known, version = watched.counts, -1
        began = time.monotonic()
        told = began
        while (passed_s := time.monotonic() - began) < duration_s:
            time.sleep(LOOK_EVERY_S)
            if passed_s >= len(watched.memory_MB) * 5.0:
                watched.memory_MB.append((passed_s, memory_MB(node)))
            newest = connection.execute("PRAGMA data_version").fetchone()[0]
            if newest == version:
                continue
            version, counts = newest, _counts(connection)
            changed = {segment: count for segment, count in counts.items() if count > known[segment]}
            if changed:
                watched.seen.append((time.time(), changed))
            known = counts
            if time.monotonic() - told > 60.0:
                told = time.monotonic()
                print(f"  {(told - began) / 60:.0f} min, {sum(known.values())} records", flush=True)
    return watched


def _counts(connection: sqlite3.Connection) -> dict[int, int]:
    return dict(connection.execute("SELECT id, records FROM segments"))


def _judge(watched: Watched, measured_unix_s: Mapping[int, Times], database: Path, poll_s: float) -> Lateness:
    """Compare with the instruments' memories; what they could not have told yet is not missing."""
    ages: list[Times] = []
    known = dict(watched.counts)
    for seen_unix_s, counts in watched.seen:
        for segment, count in counts.items():
            ages.append(seen_unix_s - measured_unix_s[segment][known[segment] : count])
            known[segment] = count
    due_unix_s = watched.seen[-1][0] - STATUS_LAG_S - 2 * poll_s
    return Lateness(np.concatenate(ages), _lost(measured_unix_s, database, due_unix_s))


def _lost(measured_unix_s: Mapping[int, Times], database: Path, due_unix_s: float) -> int:
    """Numbers from 1 on must be there without a gap, up to what was told two polls ago; the key forbids doubles."""
    with _open(database) as connection:
        query = "SELECT segment_id, count(*), min(seq), max(seq) FROM records GROUP BY segment_id"
        stored = {row[0]: row[1:] for row in connection.execute(query)}
    lost = 0
    for segment, times in measured_unix_s.items():
        count, first, last = stored[segment]
        due = int(np.searchsorted(times, due_unix_s))
        lost += (first - 1) + (last - first + 1 - count) + max(0, due - last)
    return lost


def _tell(watched: Watched, late: Lateness, shares: Mapping[str, float]) -> None:
    quantiles = np.quantile(late.age_s, [0.5, 0.9, 0.99, 0.999, 1.0])
    print(f"  {len(late.age_s)} records, {late.lost} lost; stored after 50, 90, 99, 99.9, 100 %:")
    print("    " + ", ".join(f"{value:.2f} s" for value in quantiles))
    told = np.quantile(late.age_s - STATUS_LAG_S, [0.5, 0.99, 1.0])
    print("    since the instruments told them: 50, 99, 100 %: " + ", ".join(f"{value:.2f} s" for value in told))
    used = ", ".join(f"{name} {100 * share:.0f} %" for name, share in shares.items())
    print(f"  of a core: {used}")
    first, last = watched.memory_MB[0][1], watched.memory_MB[-1][1]
    print(f"  memory of the node: {first:.1f} MB at first, {last:.1f} MB at last", flush=True)


def _figure(value: float, target: float, better: str, unit: str) -> dict[str, Any]:
    return {"value": round(value, 3), "target": target, "better": better, "unit": unit}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=MINUTES)
    parser.add_argument("--poll", type=float, default=POLL_S, help="seconds")
    wanted = parser.parse_args()
    print(measure(wanted.minutes, wanted.poll))
