"""The start page over HTTP: what stands on it for a channel in each state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, update

from orchestrator.config import read_lab
from orchestrator.store.alarms import raise_alarm
from orchestrator.store.chambers import chambers_known, update_chamber
from orchestrator.store.node_status import InstrumentReport, NodeReport, report_node
from orchestrator.store.node_tables import instrument_status
from orchestrator.store.tables import cells, channels, cycles, instruments, latest, runs, segments
from orchestrator.store.transactions import writing
from tests.orchestrator.engine.chambers.chamber_bench import LAB as CHAMBER_LAB
from tests.orchestrator.launch.bench_lab import NOW, fill
from tests.orchestrator.web.conftest import Api, open_api

A1, A2 = "bts-1/27-21-1-1", "bts-1/27-21-1-2"
_MEASURED = ("charge_capacity_Ah", "discharge_capacity_Ah", "charge_energy_Wh", "discharge_energy_Wh")
_CARD = re.compile(r'<li class="([^"]*)" data-key="([^"]*)"[^>]*?( hidden)?>(.*?)</li>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


class Card:
    def __init__(self, classes: str, hidden: str, html: str) -> None:
        self.classes = classes.split()
        self.hidden = bool(hidden)
        self.html = html
        self.text = " ".join(_TAG.sub(" ", html).split())


def cards(api: Api, query: str = "") -> dict[str, Card]:
    answer = api.http.get(f"/{query}")
    assert answer.status_code == 200, answer.text
    return {key: Card(classes, hidden, html) for classes, key, hidden, html in _CARD.findall(answer.text)}


def seen(api: Api, channel: str = "27-21-1-1", age_s: float = 0.0, state: str = "running", **values: Any) -> None:
    """The channel was seen so long ago; the other one just now, which tells what time it is."""
    now = {"instrument": "bts-1", "native_state": "x", "observed_unix_s": NOW}
    row = {**now, "channel": channel, "state": state, **values, "observed_unix_s": NOW - age_s}
    other = {**now, "channel": "27-21-1-2", "state": "idle"}
    statements = [delete(latest), insert(latest).values(row)]
    api.write(*statements, *([insert(latest).values(other)] if channel != other["channel"] else []))


def start(api: Api, **values: Any) -> int:
    (one,) = api.launch(("L1", "A1"), protocol="rate-ladder")["runs"]
    api.write(update(runs).where(runs.c.id == one["run_id"]).values(state="running", started_unix_s=NOW, **values))
    number: int = one["run_id"]
    return number


def test_a_run_is_told_with_cell_cycle_step_values_and_end(api_on_both: Api) -> None:
    api = api_on_both
    run_id = start(api, cycles_done=2)
    step_map = [{"step": 1, "kind": "constant_current", "origin": {"label": "ladder 0.2 A/g", "line": 14}}]
    api.write(update(segments).values(step_map=step_map))
    seen(api, run_id=run_id, cycle=3, step=1, voltage_V=0.4121, current_A=-0.00055, temperature_degC=25.04)

    card = cards(api)[A1]

    assert card.text.startswith("A1 running bts-1/27-21-1-1 0 s ago L1 rate-ladder cycle 3 of 40 ladder 0.2 A/g")
    assert "discharge (constant current) 0.4121 V −0.55 mA 25.0 °C ends" in card.text
    assert f'href="/runs/{run_id}"' in card.html
    assert 'href="/cells/L1"' in card.html
    assert {"running"} == set(card.classes) - {"channel"}


def test_of_several_attempts_the_newest_tells_where_the_run_is(api: Api) -> None:
    run_id = start(api, cycles_done=2)
    with api.engine.connect() as connection:
        first = connection.execute(segments.select()).one()._asdict()
    steps = {kind: [{"step": 1, "kind": kind, "origin": {"label": kind, "line": 14}}] for kind in ("rest", "impedance")}
    again = first | {"id": 50, "attempt": 2, "tag": "again", "cycle_offset": 4, "step_map": steps["impedance"]}
    other_item = first | {"id": 60, "number": 7, "attempt": 3, "tag": "other"}
    cycle = {"run_id": run_id, "label": "x", "gap": False, "started_test_time_s": 0.0}
    measured = dict.fromkeys(_MEASURED, 0.0)
    api.write(
        update(segments).values(step_map=steps["rest"]),
        insert(segments).values([again, other_item]),
        insert(cycles).values(
            [{**cycle, **measured, "cycle": n, "complete": n < 3, "ended_test_time_s": 10.0 * n} for n in (1, 2, 3)]
        ),
    )
    seen(api, run_id=run_id, cycle=1, step=1, voltage_V=0.4, current_A=0.001)
    assert "cycle 5 of 40 impedance impedance 0.4000 V 1 mA" in cards(api)[A1].text
    seen(api, run_id=None)
    assert "cycle 3 of 40" in cards(api)[A1].text


def test_a_free_channel_leads_to_a_start_there(api: Api) -> None:
    seen(api, state="finished")
    card = cards(api)[A1]
    assert ("free" in card.classes, 'href="/start?bench=A1"' in card.html) == (True, True)


def test_the_last_run_of_a_free_channel_is_named(api: Api) -> None:
    run_id = start(api)
    api.write(update(runs).values(state="completed", finished_unix_s=NOW))
    seen(api, state="finished", run_id=run_id)
    assert cards(api)[A1].text.endswith(f"last run: {run_id} (completed)")


def test_nothing_that_is_too_old_is_shown_as_running(api: Api) -> None:
    run_id = start(api)
    seen(api, run_id=run_id, age_s=61, voltage_V=0.4)
    card = cards(api)[A1]
    assert "running" not in card.text
    assert card.text.startswith("A1 unknown bts-1/27-21-1-1 1 min 1 s ago L1")
    assert "the last value is too old to be trusted" in card.text
    assert {"unknown", "attention"} <= set(card.classes)


def test_a_channel_whose_node_is_silent_is_unknown_however_young_its_value(api_on_both: Api) -> None:
    api = api_on_both
    run_id = start(api)
    seen(api, run_id=run_id)
    with writing(api.engine) as connection:
        node = NodeReport("node", "here", True, 0.0, None, 0, 0, 0)
        report_node(connection, node, [InstrumentReport("bts-1", {}, 0.0)], uptime_s=9.0)
    assert cards(api)[A1].text.startswith("A1 running")
    api.write(update(instrument_status).values(reported_unix_s=instrument_status.c.reported_unix_s - 9))
    assert "A1 unknown" in (card := cards(api)[A1]).text
    assert "its node does not report" in card.text


@pytest.mark.parametrize(
    ("facts", "state", "words"),
    [
        ({"state": "running", "tag": "X9#by hand"}, "foreign", "a test that is not ours is here: X9#by hand"),
        ({"state": "running", "run_id": 12}, "foreign", "over for us, but still driven: run 12"),
        (
            {"state": "tripped", "native_state": "protect"},
            "tripped",
            "ended by the instrument's own protection: protect",
        ),
        ({"state": "unknown", "native_state": "frobbing"}, "unknown", "own word is not understood: frobbing"),
    ],
)
def test_what_is_not_ours_or_not_understood_is_said_plainly(
    api: Api, facts: dict[str, Any], state: str, words: str
) -> None:
    seen(api, **facts)
    card = cards(api)[A1]
    assert card.text.startswith(f"A1 {state} ")
    assert words in card.text.replace("&#39;", "'")
    assert "attention" in card.classes


def test_a_channel_that_nobody_has_seen_is_unknown(api: Api) -> None:
    assert "never seen yet" in cards(api)[A1].text


def test_a_channel_without_a_bench_has_a_card_too(api: Api) -> None:
    seen(api, channel="27-21-1-7", state="idle")
    told = {"instrument": "bts-1", "channel": "27-21-1-8", "capabilities": {}}
    api.write(
        insert(instruments).values(name="bts-1", driver="neware", address="x", connected=True, simulated=True),
        insert(channels).values(told),
    )
    assert list(cards(api)) == [A1, A2, "bts-1/27-21-1-8", "bts-1/27-21-1-7"]


def test_what_somebody_is_asked_and_what_is_wrong_stand_on_the_card(api: Api) -> None:
    run_id = start(api)
    seen(api, run_id=run_id)
    with writing(api.engine) as connection:
        raise_alarm(connection, source=f"run {run_id}", severity="critical", message="0.2 K too warm", now=NOW)
    card = cards(api)[A1]
    assert "alarm: 0.2 K too warm" in card.text
    assert "attention" in card.classes


def test_the_run_on_the_channel_goes_before_those_that_wait(api: Api) -> None:
    first = start(api)
    api.launch(("L1", "A1"))
    api.write(update(runs).where(runs.c.id == first).values(state="completed"))
    api.launch(("L1", "A1"), protocol="rate-ladder")
    api.write(update(runs).where(runs.c.id == 3).values(state="starting"))
    seen(api, state="idle")
    text = cards(api)[A1].text
    assert "A1 starting" in text
    assert "rate-ladder 1 queued behind" in text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("?q=l1+ladder", [A1]),
        ("?q=27-21-1-2", [A2]),
        ("?state=free", [A2]),
        ("?state=attention", []),
        ("?instrument=bts-1", [A1, A2]),
        ("?instrument=vsp-1", []),
        ("?chamber=oven-1", []),
    ],
)
def test_the_filter_stands_in_the_address(api: Api, query: str, shown: list[str]) -> None:
    run_id = start(api)
    seen(api, run_id=run_id)
    assert [key for key, card in cards(api, query).items() if not card.hidden] == shown


def test_hostile_names_are_text(api: Api) -> None:
    hostile = "<script>alert(1)</script>"
    api.write(insert(cells).values(id=hostile, metadata={}, created_unix_s=NOW))
    run_id = start(api)
    api.write(update(runs).values(cell_id=hostile, reason=hostile, state="paused"))
    seen(api, run_id=run_id)
    page = api.http.get("/", params={"q": '"><script>alert(2)</script>'}).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'href="/cells/%3Cscript%3Ealert%281%29%3C/script%3E"' in page


def test_a_thousand_runs_are_read_with_as_many_statements_as_one(api: Api) -> None:
    statements: list[str] = []
    event.listen(api.engine, "before_cursor_execute", lambda _c, _u, statement, *_more: statements.append(statement))
    run_id = start(api)
    seen(api, run_id=run_id)
    cards(api)
    statements.clear()
    cards(api)
    of_one = len(statements)
    with writing(api.engine) as connection:
        row = connection.execute(runs.select()).one()._asdict()
        more = [row | {"id": number, "channel": f"27-21-1-{number}"} for number in range(10, 60)]
        connection.execute(insert(runs), more)
        one = connection.execute(latest.select().where(latest.c.run_id == run_id)).one()._asdict()
        connection.execute(insert(latest), [one | {"run_id": r["id"], "channel": r["channel"]} for r in more])
    cards(api)
    statements.clear()
    shown = cards(api)
    assert (len(shown), sum("running" in card.classes for card in shown.values())) == (52, 51)
    assert len(statements) == of_one


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[Api]:
    path = tmp_path / "lab.yaml"
    path.write_text(CHAMBER_LAB, encoding="utf-8")
    lab = read_lab(path)
    fill(lab)
    yield from open_api(lab)


def test_a_chamber_tells_its_temperatures_its_holder_and_what_is_waited_for(oven: Api) -> None:
    oven.launch(("L1", "A1"))
    oven.write(runs.update().values(state="waiting", reason="oven-1 to 40 °C: −0.8 K to go", chamber="oven-1"))
    with writing(oven.engine) as connection:
        chambers_known(connection, ["oven-1", "oven-2"], simulated=True)
        values = {"state": "running", "process_degC": 39.2, "set_point_degC": 40.0, "holder": "run 1"}
        update_chamber(connection, "oven-1", seen_unix_s=NOW, **values)
    text = cards(oven)["oven-1"].text
    assert text.startswith("oven-1 running A1, A2 0 s ago 39.2 °C set point 40.0 °C held by run 1")
    assert text.endswith("oven-1 to 40 °C: −0.8 K to go")
    assert "never seen yet" in cards(oven)["oven-2"].text


def test_the_summary_counts(api: Api) -> None:
    run_id = start(api)
    seen(api, run_id=run_id)
    counts = re.findall(r'data-state="(\w+)"[^>]*><b class="live-value">(\d+)', api.http.get("/").text)
    assert dict(counts) == {
        "running": "1",
        "paused": "0",
        "waiting": "0",
        "free": "1",
        "foreign": "0",
        "tripped": "0",
        "unknown": "0",
        "attention": "0",
    }
