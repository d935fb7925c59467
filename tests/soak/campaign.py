"""Rounds of runs on a NEWARE, a VSP-300 and a chamber, and the person who attends to them."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from orchestrator.interlocks.trip_changes import acknowledge
from orchestrator.store.prompts import answer_prompt
from orchestrator.store.tables import analyses, prompts, runs, trips
from orchestrator.store.transactions import reading, writing
from orchestrator.testing.virtual_bench import VirtualBench
from tests.soak import protocols

__all__ = ["EXPECTED", "Campaign", "make_bench"]

CELL = {"material": "sio_c_l", "active_mass_g": 0.002753, "area_cm2": 1.131}
OVEN = "oven-1"
EXPECTED = {
    "A1": "completed",
    "A2": "completed",
    "A3": "completed",
    "A4": "stopped",
    "A5": "stopped",
    "P1": "completed",
    "P2": "completed",
    "P3": "stopped",
}
"""How the runs on each bench have to end."""
_NEWARE = {
    "A1": protocols.RULED,
    "A2": protocols.PROMPTED,
    "A3": protocols.SHORT,
    "A4": protocols.LONG,
    "A5": protocols.STRONG,
}
_OVER = ("completed", "stopped", "failed")


def make_bench(folder: Path) -> VirtualBench:
    """Five cells on a NEWARE, three on a VSP-300; two of these in a chamber."""
    cells = {bench: {**CELL, "seed": seed} for seed, bench in enumerate(EXPECTED, start=1)}
    for bench in ("P1", "P2"):
        cells[bench]["chamber"] = OVEN
    return VirtualBench(
        folder,
        cells,
        poll="5 min",
        chamber_poll="2 min",
        lost_after="4 h",
        speed_without_node=20.0,
        options={OVEN: {"park": "22 degC"}, "vsp-1": {"poll": "2 min"}},
        lab={
            "interlocks": [{"when": {"cell": "A5", "current": "above 5 mA"}, "do": "stop", "alarm": "warning"}],
            "web": {"port": _free_port()},
        },
    )


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass
class Campaign:
    """One round after the other, until nobody wants another."""

    bench: VirtualBench
    rounds: int = 0
    launched: dict[int, str] = field(default_factory=dict)
    """Bench by run."""
    did: Counter[str] = field(default_factory=Counter)
    """What the person has done."""
    _paused: set[int] = field(default_factory=set)
    _active: list[int] = field(default_factory=list)

    def add_cells(self) -> None:
        """Tell the database about them, once."""
        for bench in EXPECTED:
            self.bench.add_cell(f"C-{bench}", bench)

    def tend(self, *, more: bool) -> bool:
        """Do what there is to do now; True when no run is left and no ``more`` are wanted."""
        states = self._states()
        if all(states[run].state in _OVER for run in self._active):
            if not more:
                return self._acknowledge() == 0
            if self._acknowledge() == 0:
                self._launch()
            return False
        for run in self._active:
            self._attend(run, states[run])
        self._answer()
        self._acknowledge()
        return False

    def unfinished(self) -> dict[str, str]:
        """Runs of this round that are not over, by bench, with what is known of them."""
        found = self._states()
        return {
            self.launched[run]: f"{row.state}: {row.reason}" for run, row in found.items() if row.state not in _OVER
        }

    def analysed(self) -> bool:
        """Whether no analysis is queued or under way."""
        busy = sa.select(sa.func.count()).select_from(analyses).where(analyses.c.state.in_(("queued", "running")))
        with reading(self.bench.engine) as connection:
            return connection.scalar(busy) == 0

    def _states(self) -> dict[int, sa.Row[tuple[object, ...]]]:
        query = sa.select(*runs.c["id", "state", "desired", "reason", "cycles_done"]).where(runs.c.id.in_(self._active))
        with reading(self.bench.engine) as connection:
            return {row.id: row for row in connection.execute(query)}

    def _launch(self) -> None:
        self.rounds += 1
        started = dict(self._launch_all())
        self.launched |= started
        self._active = list(started)
        if self.rounds % 2:  # a start that gets lost, and is given again under a new tag
            self.bench.control.fault("bts-1", "start", "drop_request", 2)

    def _launch_all(self) -> Iterator[tuple[int, str]]:
        spectra = {f"C-{bench}": bench for bench in ("P1", "P2")}
        for bench, source in _NEWARE.items():
            yield self.bench.launch("soak", f"C-{bench}", bench, source=source), bench
        yield self.bench.launch("linked", "C-P3", "P3", source=protocols.LINKED), "P3"
        launched = self.bench.launch_together("spectra", spectra, source=protocols.SPECTRA)
        yield from zip(launched, spectra.values(), strict=True)

    def _attend(self, run: int, row: sa.Row[tuple[object, ...]]) -> None:
        """Orders of a person: one run is paused once and goes on, two are stopped."""
        bench, state, desired = self.launched[run], row.state, row.desired
        if bench == "A3" and state == "running" and run not in self._paused:
            self._paused.add(run)
            self._want(run, "pause")
        elif bench == "A3" and state == "paused" and desired == "pause":
            self._want(run, "run")
        elif bench in ("A4", "P3") and state == "running" and desired != "stop":
            self._want(run, "stop")

    def _want(self, run: int, desired: str) -> None:
        self.bench.want(run, desired)
        self.did[desired] += 1

    def _answer(self) -> None:
        asked = sa.select(prompts.c.run_id, prompts.c.item).where(prompts.c.answered_unix_s.is_(None))
        with reading(self.bench.engine) as connection:
            found = connection.execute(asked).all()
        for run, item in found:
            with writing(self.bench.engine) as connection:
                self.did["answer"] += answer_prompt(connection, run, item, by="anna", now=self.bench.control.now())

    def _acknowledge(self) -> int:
        """Acknowledge the trips whose run has stopped; how many are left."""
        query = sa.select(trips.c.id, runs.c.state).outerjoin(runs, runs.c.id == trips.c.run_id)
        query = query.where(trips.c.latches, trips.c.acknowledged_unix_s.is_(None))
        with reading(self.bench.engine) as connection:
            latched = connection.execute(query).all()
        left = 0
        for trip in latched:
            if trip.state in (*_OVER, None):
                with writing(self.bench.engine) as connection:
                    acknowledge(connection, trip.id, by="anna", reason="it was meant", now=self.bench.control.now())
                self.did["acknowledge"] += 1
            else:
                left += 1
        return left
