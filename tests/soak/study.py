"""The nine cells' study of the paper in short, as a campaign: formation, cycles, rates, spectra at two temperatures."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa

from orchestrator.analysis.result import AnalysisResult
from orchestrator.store.tables import analyses
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.campaign_bench import jobs, outcomes, start, state

__all__ = ["SHORT", "WHOLE", "Size", "Study", "make_bench", "run_study", "same_ledgers"]

_MATERIALS = ("sio_c_l", "sio_c_m", "sio_c_h")
_OVEN = "oven-1"
_OVER = ("completed", "failed", "stopped")
_PATIENCE_S = 600.0
_LOOK_EVERY_S = 0.2
_CAMPAIGN = """\
cellbench_campaign: 1
campaign: study-in-short
cells: {{cycled: {cycled}, rated: {rated}, examined: {examined}}}
benches: {{neware: {neware}, vsp: {vsp}}}
steps:
  - {{name: formation, protocol: formation, cells: [cycled, rated], on: neware,
     set: {{cycles: 1, wetting: 10 min, rate: 0.2 A/g}}}}
  - {{name: formation-vsp, protocol: formation, cells: examined, on: vsp,
     set: {{cycles: 1, wetting: 10 min, rate: 0.2 A/g}}}}
  - name: cycling
    protocol: cycling-2c-500
    cells: cycled
    on: neware
    when: {{result: cycles.initial coulombic efficiency, of: formation, above: 40 %}}
    set: {{cycles: {cycles}}}
  - name: rates
    protocol: rate-ladder
    cells: rated
    on: neware
    set: {{rates: "{rates}", cycles_per_rate: 1}}
  - name: impedance
    protocol: impedance-temperature
    cells: examined
    on: vsp
    together: true
    chamber: oven-1
    set: {{temperatures: "[25 degC, 45 degC]", soak: 5 min, ramp: 5 K/min, relaxation: 1 h}}
"""


@dataclass(frozen=True)
class Size:
    """How much of the study is measured."""

    cells_of_each: int
    """Of those that are cycled, rated, examined."""
    cycles: int
    rates: str
    poll: str
    """Of cycler and potentiostat: each look is so many exchanges that may be disturbed."""

    @property
    def cycled(self) -> list[str]:
        """Benches of the cells that are cycled."""
        return [f"A{number}" for number in range(1, 1 + self.cells_of_each)]

    @property
    def rated(self) -> list[str]:
        """Benches of the cells that go through the rate ladder."""
        return [f"A{number}" for number in range(1 + self.cells_of_each, 1 + 2 * self.cells_of_each)]

    @property
    def examined(self) -> list[str]:
        """Benches in the chamber."""
        return [f"P{number}" for number in range(1, 1 + self.cells_of_each)]

    def campaign(self) -> str:
        """The campaign file."""
        on = {"neware": [*self.cycled, *self.rated], "vsp": self.examined}
        benches = {pool: _flow({f"C-{place}": place for place in places}) for pool, places in on.items()}
        groups = {name: _flow([f"C-{place}" for place in getattr(self, name)]) for name in _GROUPS}
        return _CAMPAIGN.format(cycles=self.cycles, rates=self.rates, **benches, **groups)


_GROUPS = ("cycled", "rated", "examined")
WHOLE = Size(3, 4, "[1 A/g, 2 A/g, 5 A/g]", "20 min")
"""Nine cells."""
SHORT = Size(1, 4, "[2 A/g, 5 A/g]", "1 h")


def _flow(content: object) -> str:
    return json.dumps(content)


@dataclass(frozen=True)
class Study:
    """What came of it, by bench and step of the campaign."""

    states: Mapping[str, str]
    results: Mapping[str, AnalysisResult]
    """Of every analysis that succeeded."""
    ledgers: Mapping[str, list[dict[str, npt.NDArray[Any]]]]
    """What the instruments have measured, segment by segment."""
    places: Mapping[int, str]
    """Bench by run."""
    fired: list[dict[str, Any]]
    """Every fault that has happened."""


def make_bench(folder: Path, size: Size, faults: str | None = None) -> VirtualBench:
    """Cells on a NEWARE, and on a VSP-300 in a chamber; of each material as many."""
    places = (*size.cycled, *size.rated, *size.examined)
    cells: dict[str, dict[str, object]] = {
        place: {"material": _MATERIALS[number % 3], "active_mass_g": 0.00275, "area_cm2": 1.131, "seed": number + 1}
        for number, place in enumerate(places)
    }
    for place in size.examined:
        cells[place]["chamber"] = _OVEN
    options = {
        "bts-1": {"timeout": "1 s"},
        "vsp-1": {"timeout": "2 s"},
        _OVEN: {"park": "25 degC", "timeout": "300 ms"},
    }
    return VirtualBench(
        folder,
        cells,
        poll=size.poll,
        chamber_poll="10 min",
        lost_after="12 h",
        speed_without_node=0.0,
        options=options,
        faults=faults,
    )


def run_study(bench: VirtualBench, size: Size) -> Study:
    """Hand the campaign in, drive it to its end, and collect. Raises TimeoutError."""
    for place in bench.described.places:
        bench.add_cell(f"C-{place}", place)
    number = start(bench, size.campaign())
    with bench.node():
        bench.wait_for(lambda: _over(bench, number), "the campaign over", _PATIENCE_S)
        bench.wait_for(lambda: _analysed(bench), "its analyses", _PATIENCE_S)
    return _collect(bench, number)


def _over(bench: VirtualBench, campaign: int) -> bool:
    time.sleep(_LOOK_EVERY_S)  # looking takes processor time that the service needs
    return state(bench, campaign) in _OVER


def _analysed(bench: VirtualBench) -> bool:
    busy = sa.select(sa.func.count()).where(analyses.c.state.in_(("queued", "running")))
    with reading(bench.engine) as connection:
        return connection.scalar(busy) == 0


def _collect(bench: VirtualBench, campaign: int) -> Study:
    launched = {
        job["run_id"]: (cell.removeprefix("C-"), step)
        for (step, cell), job in jobs(bench, campaign).items()
        if job["run_id"] is not None
    }
    names = {run: f"{place} {step}" for run, (place, step) in launched.items()}
    with reading(bench.engine) as connection:
        rows = connection.execute(sa.select(*analyses.c["run_id", "name", "result"])).all()
    return Study(
        states={f"{step} of {cell}": told for (step, cell), told in outcomes(bench, campaign).items()},
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
