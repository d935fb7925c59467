"""What every scenario asks for: the fault has happened, and what became of run, events, alarms and channel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import yaml

from orchestrator.config import read_lab
from orchestrator.store.alarms import Alarm, list_alarms
from orchestrator.store.tables import events
from orchestrator.store.transactions import reading
from orchestrator.store.trips import TripRow, list_trips
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e import conftest as neware_ledger
from tests.e2e import vsp_ledger

__all__ = [
    "alarms",
    "arm",
    "assert_at_open_circuit",
    "assert_failed_once",
    "assert_fired",
    "assert_stored",
    "let_pass",
    "orders_sent",
    "rule",
    "states_of",
    "trips",
]

SCENARIOS = Path(__file__).parent / "scenarios"


def arm(bench: VirtualBench, scenario: str) -> None:
    """Let the faults of a scenario take their course from now on."""
    bench.control.faults(SCENARIOS / f"{scenario}.yaml")


def assert_fired(bench: VirtualBench, scenario: str) -> None:
    """Every fault of the scenario has happened, and had its effect."""
    faults = yaml.safe_load((SCENARIOS / f"{scenario}.yaml").read_text(encoding="utf-8"))["faults"]
    fired = bench.control.fired()
    assert {fault["name"] for fault in faults} <= {one["name"] for one in fired}
    assert [one for one in fired if one["refused"] is not None] == []


def rule(bench: VirtualBench, *rules: str, temperature: Mapping[str, str] | None = None) -> None:
    """Write interlocks, and where benches have their temperature from, into the lab file before a node reads it."""
    path = bench.lab.path
    lab = yaml.safe_load(path.read_text(encoding="utf-8"))
    lab["interlocks"] = [yaml.safe_load(one) for one in rules]
    for place, source in (temperature or {}).items():
        lab["benches"][place]["temperature"] = source
    path.write_text(yaml.safe_dump(lab, sort_keys=False), encoding="utf-8")
    bench.lab = read_lab(path)


def alarms(bench: VirtualBench, about: str = "") -> list[Alarm]:
    """Every alarm there ever was whose source begins with this, oldest first."""
    with reading(bench.engine) as connection:
        return [one for one in reversed(list_alarms(connection, open_only=False)) if one.source.startswith(about)]


def trips(bench: VirtualBench) -> list[TripRow]:
    """Every trip there ever was, oldest first."""
    with reading(bench.engine) as connection:
        return sorted(list_trips(connection, open_only=False), key=lambda trip: trip.id)


def assert_failed_once(bench: VirtualBench, run: int, *words: str, severity: str = "critical") -> None:
    """One event that names the cause, and one alarm with the same words; nothing after it."""
    found = bench.run(run)
    assert found["state"] == "failed", f"{found['cell_id']} {found['state']}: {found['reason']}"
    for word in words:
        assert word in found["reason"], f"{found['cell_id']}: {found['reason']}"
    assert states_of(bench, run).count("failed") == 1
    assert states_of(bench, run)[-1] == "failed"
    raised = alarms(bench, f"run {run}")
    assert [(one.severity, one.message) for one in raised] == [(severity, found["reason"])]


def states_of(bench: VirtualBench, run: int) -> list[str]:
    """The states that a run has gone through, by its events, in order."""
    query = sa.select(events.c.message).where(events.c.run_id == run, events.c.kind == "state").order_by(events.c.id)
    with reading(bench.engine) as connection:
        return [str(message).partition(" → ")[2].partition(":")[0] for message in connection.scalars(query)]


def assert_stored(bench: VirtualBench, run: int, place: str) -> int:
    """Every column of every record as the instrument itself has it; returns how many."""
    if place.startswith("P"):
        return vsp_ledger.assert_stored_equals_ledger(bench, run, place)
    return neware_ledger.assert_stored_equals_ledger(bench, run, int(place[1:]))


def let_pass(bench: VirtualBench, seconds: float) -> None:
    """Lab time, while the node looks."""
    until = bench.control.now() + seconds
    bench.wait_for(lambda: bench.control.now() > until, f"{seconds:g} s")


def orders_sent(bench: VirtualBench, instrument: str) -> list[tuple[str, str]]:
    """Every test that an instrument has in its memory: channel and name."""
    tests: list[dict[str, Any]] = bench.control.tests(instrument)
    return [(test["channel"], test["barcode"]) for test in tests]


def assert_at_open_circuit(bench: VirtualBench, place: str) -> None:
    """By the instrument itself, not by what it tells: no test holds the cell, and no current flows."""
    there = bench.described.places[place]
    cell = bench.control.cells()[there.instrument].get(there.virtual_channel)
    assert cell is None or (cell["current_A"] == 0.0 and cell["state"] not in ("working", "pause", "running")), cell
