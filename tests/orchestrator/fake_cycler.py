"""A cycler in memory whose reading is destructive, as EClib's is: what ``read`` has given is in its spool alone.

No instrument simulator (those are in ``simulators/`` and speak the wire). Tests let time pass by adding records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from drivers.contracts import (
    RECORD_COLUMNS,
    SPECTRUM_COLUMNS,
    Batch,
    Capabilities,
    ChannelState,
    ChannelStatus,
    Columns,
    Identity,
    Problem,
    TestHandle,
    Translation,
)
from drivers.errors import Refused
from drivers.neware.numbering import step_map
from protocols.program import Program, walk

__all__ = ["FakeCycler", "NoPauses", "records", "spectrum_points"]

TECHNIQUES = frozenset({"rest", "constant_current", "voltage_scan", "impedance", "loop"})


def records(first: int, last: int) -> Columns:
    """So many records, one a second, all of them different."""
    seq = np.arange(first, last + 1)
    columns = {name: np.zeros(len(seq), dtype) for name, dtype in RECORD_COLUMNS.items()}
    columns |= {"seq": seq, "cycle": np.ones(len(seq), "int32"), "step": np.ones(len(seq), "int32")}
    columns |= {"test_time_s": seq.astype(float), "step_time_s": seq.astype(float), "voltage_V": seq / 1000}
    return columns


def spectrum_points(first: int, last: int) -> Columns:
    """So many points of one spectrum."""
    seq = np.arange(first, last + 1)
    columns = {name: np.ones(len(seq), dtype) for name, dtype in SPECTRUM_COLUMNS.items()}
    return columns | {"seq": seq, "frequency_Hz": 1e5 / seq}


@dataclass
class NoPauses:
    """One channel, ``1``, which neither pauses nor ends at a cycle's boundary."""

    status: ChannelStatus = field(default_factory=lambda: ChannelStatus("1", ChannelState.IDLE, "STOP"))
    spool: list[Columns] = field(default_factory=list)
    spectra: list[Columns] = field(default_factory=list)
    asked: list[tuple[TestHandle, str]] = field(default_factory=list)
    """What ``read`` was called with."""
    orders: list[str] = field(default_factory=list)
    problems: tuple[str, ...] = ()
    techniques: frozenset[str] = TECHNIQUES
    opened: str = ""

    def identify(self) -> Identity:
        return Identity("Fake", "destructive", "memory")

    def channels(self) -> Sequence[str]:
        return ["1"]

    def capabilities(self, channel: str) -> Capabilities:
        return Capabilities(self.techniques, -10.0, 10.0, 0.5)

    def check(self, program: Program, channel: str) -> list[Problem]:
        return [
            Problem(f"{step.kind} cannot run here", step.origin, technique=step.kind)
            for step in walk(program.steps)
            if step.kind not in self.techniques
        ]

    def translate(self, program: Program, channel: str) -> Translation:
        return Translation(b"fake", "text/plain", step_map(program))

    def start(self, channel: str, translation: Translation, tag: str) -> TestHandle:
        if self.status.state.drives_cell:
            raise Refused("busy")
        number = int(self.status.test_id or 0) + 1
        self.orders.append(f"start {tag}")
        self.spool, self.spectra = [], []
        self.status = ChannelStatus("1", ChannelState.RUNNING, "RUN", tag, str(number), 0, cycle=1)
        return TestHandle(channel, tag, str(number))

    def observe(self) -> Mapping[str, ChannelStatus]:
        return {"1": self.status}

    def read(self, handle: TestHandle, cursor: str, limit: int = 100_000) -> Batch:
        self.asked.append((handle, cursor))
        rows, points = map(int, cursor.split("+")) if cursor else (0, 0)
        new, seen = _behind(self.spool, rows, RECORD_COLUMNS), _behind(self.spectra, points, SPECTRUM_COLUMNS)
        behind = f"{rows + len(new['seq'])}+{points + len(seen['seq'])}"
        told, self.problems = self.problems, ()
        return Batch(new, behind, problems=told, spectra=seen if len(seen["seq"]) else {})

    def pause(self, channel: str) -> None:
        raise Refused("this instrument does not pause")

    def resume(self, channel: str) -> None:
        raise Refused("this instrument does not pause")

    def stop(self, channel: str) -> None:
        self.orders.append("stop")
        if self.status.state.drives_cell:
            self.end(ChannelState.STOPPED)

    def close(self) -> None:
        self.orders.append("close")

    def run_on(self, count: int, points: int = 0, **more: object) -> None:
        """Measure so many records and points of a spectrum; other facts of the status as given."""
        stored, seen = sum(len(c["seq"]) for c in self.spool), sum(len(c["seq"]) for c in self.spectra)
        self.spool.append(records(stored + 1, stored + count))
        self.spectra.append(spectrum_points(seen + 1, seen + points))
        self.status = replace(self.status, records=stored + count, **more)  # type: ignore[arg-type]

    def end(self, state: ChannelState) -> None:
        """The test is over; no more records will come."""
        self.status = replace(self.status, state=state, native_state="STOP", records_complete=True)


@dataclass
class FakeCycler(NoPauses):
    """One that can be told to end before a cycle, and says how soon it must be looked at."""

    look_within: float = float("inf")
    ends_before: tuple[int, int] | None = None

    def pause_before_cycle(self, channel: str, cycle: int, step: int) -> None:
        self.orders.append(f"end before cycle {cycle}, step {step}")
        self.ends_before = (cycle, step)

    def look_within_s(self) -> float:
        return self.look_within


def _behind(spool: Sequence[Columns], rows: int, names: Mapping[str, str]) -> Columns:
    empty = {name: np.empty(0, dtype) for name, dtype in names.items()}
    return {name: np.concatenate([empty[name], *(part[name] for part in spool)])[rows:] for name in names}
