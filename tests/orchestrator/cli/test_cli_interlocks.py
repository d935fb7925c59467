"""``cellbench interlocks`` and ``cellbench ack trip``."""

from __future__ import annotations

from orchestrator.store.transactions import writing
from orchestrator.store.trips import insert_trip
from tests.orchestrator.launch.bench_lab import NOW


def _trip(engine) -> int:
    with writing(engine) as connection:
        return insert_trip(
            connection,
            rule="cell any: voltage above 5.0275 V → stop, critical",
            origin="built in",
            subject="cell A1",
            message="voltage 5.2 V, above 5.0275 V",
            severity="critical",
            action="stop",
            latches=True,
            now=NOW,
            instrument="bts-1",
            channel="27-21-1-1",
        )


def test_rules_and_trips_and_an_acknowledgement(prompt):
    rules = prompt.ok("interlocks")
    assert "voltage above 5.0275 V" in rules
    assert "no trips" in rules
    number = _trip(prompt.engine)
    tripped = prompt.ok("interlocks")
    assert f"tripped ({number})" in tripped
    assert "latched" in tripped
    (refused,) = prompt.refused("run", "formation", "--cell", "L1", "--bench", "A1")
    assert f"cellbench ack trip {number} --reason" in refused
    told = prompt.ok("ack", "trip", number, "--reason", "clip replaced", "--as", "mina")
    assert told == f"trip {number} acknowledged by mina: clip replaced\n"
    assert "no trips" in prompt.ok("interlocks")
    assert "acknowledged by mina" in prompt.ok("interlocks", "--all")
    assert "run 1" in prompt.ok("run", "formation", "--cell", "L1", "--bench", "A1")


def test_what_is_no_trip(prompt):
    assert prompt.refused("ack", "trip", 9, "--reason", "x") == [
        "cellbench: there is no trip 9; `cellbench interlocks` lists them"
    ] or prompt.refused("ack", "trip", 9, "--reason", "x")[0].endswith("`cellbench interlocks` lists them")
    for words in (("9", "9"), ("trip", "x"), ("trip", "0"), ("trip",), ("trip", "1", "2")):
        prompt.refused("ack", *words, "--reason", "x", code=2)
