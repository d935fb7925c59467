"""What the demo runs: library protocols, each on its cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.cli.demo_lab import CELLS, CYCLED, EXAMINED, RATED, DemoCell
from orchestrator.cli.refusal import CommandRefused

__all__ = ["JOBS", "Job", "Option", "chosen_jobs"]

Option = str | float


@dataclass(frozen=True, slots=True)
class Job:
    """One protocol of the library on some cells."""

    protocol: str
    cells: tuple[DemoCell, ...]
    parameters: Mapping[str, str] = field(default_factory=dict)
    again: tuple[str, Mapping[str, Option]] | None = None
    """An analysis to ask for once more when the run is over, and what the protocol cannot say of its options."""


JOBS = (
    Job("formation", CELLS),
    # The library's protocol ends with a worn cell; here all of them shall be seen for 500 cycles, in two minutes.
    Job("cycling-2c-500", CYCLED, {"worn_out": "1 %", "every": "30 s", "voltage_change": "20 mV"}),
    Job("rate-ladder", RATED),
    Job("fast-charge-5mAcm2", RATED),
    # Fewer records than the library's: nine cells, two weeks of them each, and two minutes for all.
    Job("gitt", EXAMINED, {"relaxation_every": "1 min"}),
    Job(
        "cv-scan-rates",
        EXAMINED,
        {"every": "1 min", "voltage_change": "5 mV"},
        # lithium in the host, which Randles-Sevcik needs, is no property of a protocol
        again=("voltammetry", {"concentration_mol_cm3": 0.024}),
    ),
    # A coin cell has the temperature of the chamber soon, and rests for an hour then; two hours are for larger ones.
    Job("impedance-temperature", EXAMINED, {"soak": "30 min"}),
)


def chosen_jobs(protocols: Sequence[str]) -> tuple[Job, ...]:
    """Those of the demo's jobs that are asked for, or all. Raises CommandRefused for one that it has not."""
    known = [job.protocol for job in JOBS]
    strange = [name for name in protocols if name not in known]
    if strange:
        raise CommandRefused(f"the demo has no {strange[0]}; it has {', '.join(known)}")
    return tuple(job for job in JOBS if not protocols or job.protocol in protocols)
