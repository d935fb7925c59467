"""What the demo runs: library protocols, each on its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.cli.demo_lab import CYCLED, EXAMINED, WARMED, DemoCell
from orchestrator.cli.refusal import CommandRefused

__all__ = ["JOBS", "Job", "chosen_jobs"]


@dataclass(frozen=True, slots=True)
class Job:
    """One protocol of the library on some cells."""

    protocol: str
    cells: tuple[DemoCell, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)


JOBS = (
    Job("formation", CYCLED),
    Job("rate-ladder", CYCLED),
    # The library's protocol ends with a worn cell; here all eight shall be seen for 500 cycles.
    Job("cycling-2c-500", CYCLED, {"worn_out": "1 %"}),
    Job("cv-scan-rates", EXAMINED[:1]),
    Job("gitt", EXAMINED[1:2]),
    Job("impedance", EXAMINED[2:]),
    Job("impedance-temperature", WARMED),
)


def chosen_jobs(protocols: Sequence[str]) -> tuple[Job, ...]:
    """Those of the demo's jobs that are asked for, or all. Raises CommandRefused for one that it has not."""
    known = [job.protocol for job in JOBS]
    strange = [name for name in protocols if name not in known]
    if strange:
        raise CommandRefused(f"the demo has no {strange[0]}; it has {', '.join(known)}")
    return tuple(job for job in JOBS if not protocols or job.protocol in protocols)
