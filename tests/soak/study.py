"""The nine cells' study of the paper in short: formation, cycles, rates, and impedance at two temperatures."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from orchestrator.analysis.result import AnalysisResult
from orchestrator.store.tables import analyses, runs
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench

__all__ = ["MATERIALS", "Study", "make_bench", "run_study", "same_ledgers"]

MATERIALS = ("sio_c_l", "sio_c_m", "sio_c_h")
_CYCLED, _RATED, _EXAMINED = ("A1", "A2", "A3"), ("A4", "A5", "A6"), ("P1", "P2", "P3")
_OVEN = "oven-1"
_OVER = ("completed", "failed", "stopped")
_PATIENCE_S = 600.0
_LOOK_EVERY_S = 0.2
_FORMATION = {"cycles": "1", "wetting": "10 min", "rate": "0.2 A/g"}
_IMPEDANCE = {
    "temperatures": "[25 degC, 45 degC]",
    "soak": "5 min",
    "ramp": "5 K/min",
    "relaxation": "1 h",
}


@dataclass(frozen=True)
class Study:
    """What came of it, by cell and protocol in the order in which they were launched."""

    states: Mapping[str, str]
    results: Mapping[str, AnalysisResult]
    """Of every analysis that succeeded."""
    ledgers: Mapping[str, list[dict[str, npt.NDArray[Any]]]]
    """What the instruments have measured, segment by segment."""
    places: Mapping[int, str]
    """Bench by run."""
    fired: list[dict[str, Any]]
    """Every fault that has happened."""


def make_bench(folder: Path, faults: str | None = None) -> VirtualBench:
    """Six cells on a NEWARE, three on a VSP-300 in a chamber; three of each material."""
    places = (*_CYCLED, *_RATED, *_EXAMINED)
    cells: dict[str, dict[str, object]] = {
        place: {"material": MATERIALS[number % 3], "active_mass_g": 0.00275, "area_cm2": 1.131, "seed": number + 1}
        for number, place in enumerate(places)
    }
    for place in _EXAMINED:
        cells[place]["chamber"] = _OVEN
    options = {"bts-1": {"timeout": "1 s"}, _OVEN: {"park": "25 degC", "timeout": "1 s"}}
    return VirtualBench(
        folder,
        cells,
        poll="20 min",
        chamber_poll="10 min",
        lost_after="12 h",
        speed_without_node=0.0,
        options=options,
        faults=faults,
    )


def run_study(bench: VirtualBench) -> Study:
    """Launch everything, drive it to its end, and collect. Raises TimeoutError."""
    for place in bench.described.places:
        bench.add_cell(f"C-{place}", place)
    launched = _launch(bench)
    with bench.node():
        bench.wait_for(lambda: _over(bench), "the study over", _PATIENCE_S)
        bench.wait_for(lambda: _analysed(bench), "its analyses", _PATIENCE_S)
    return _collect(bench, launched)


def _launch(bench: VirtualBench) -> dict[int, tuple[str, str]]:
    """Bench and protocol by run."""
    launched = {}
    for place in (*_CYCLED, *_RATED, *_EXAMINED):
        launched[bench.launch("formation", f"C-{place}", place, **_FORMATION)] = (place, "formation")
    for place in _CYCLED:
        launched[bench.launch("cycling-2c-500", f"C-{place}", place, cycles="4")] = (place, "cycling")
    for place in _RATED:
        rates = {"rates": "[1 A/g, 2 A/g, 5 A/g]", "cycles_per_rate": "1"}
        launched[bench.launch("rate-ladder", f"C-{place}", place, **rates)] = (place, "rates")
    together = {f"C-{place}": place for place in _EXAMINED}
    examined = bench.launch_together("impedance-temperature", together, source=None, **_IMPEDANCE)
    return launched | {run: (place, "impedance") for run, place in zip(examined, _EXAMINED, strict=True)}


def _over(bench: VirtualBench) -> bool:
    left = sa.select(sa.func.count()).select_from(runs).where(runs.c.state.not_in(_OVER))
    time.sleep(_LOOK_EVERY_S)  # looking takes processor time that the service needs
    with reading(bench.engine) as connection:
        return connection.scalar(left) == 0


def _analysed(bench: VirtualBench) -> bool:
    busy = sa.select(sa.func.count()).where(analyses.c.state.in_(("queued", "running")))
    with reading(bench.engine) as connection:
        return connection.scalar(busy) == 0


def _collect(bench: VirtualBench, launched: Mapping[int, tuple[str, str]]) -> Study:
    names = {run: f"{place} {protocol}" for run, (place, protocol) in launched.items()}
    with reading(bench.engine) as connection:
        rows = connection.execute(sa.select(*analyses.c["run_id", "name", "result"])).all()
    return Study(
        states={name: bench.run(run)["state"] for run, name in names.items()},
        results={
            f"{names[row.run_id]} {row.name}": AnalysisResult.from_json(row.result)
            for row in rows
            if row.result is not None
        },
        ledgers={
            name: [
                bench.ledger(segment, launched[run][0])
                for segment in bench.segments(run)
                if segment["test_id"] is not None
            ]
            for run, name in names.items()
        },
        places={run: place for run, (place, _) in launched.items()},
        fired=bench.control.fired(),
    )


def same_ledgers(ours: list[dict[str, npt.NDArray[Any]]], theirs: list[dict[str, npt.NDArray[Any]]]) -> bool:
    """Whether two tests measured the same to the last bit, at whatever hour."""
    return len(ours) == len(theirs) and all(
        mine.keys() == other.keys()
        and all(
            name == "unix_time_s" or np.array_equal(mine[name], other[name], equal_nan=mine[name].dtype.kind == "f")
            for name in mine
        )
        for mine, other in zip(ours, theirs, strict=True)
    )
