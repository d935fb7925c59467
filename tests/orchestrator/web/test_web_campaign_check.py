"""Campaigns that are only thought of, and what the API says of the steps of those that were handed in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from orchestrator.store.campaign_tables import campaigns
from orchestrator.store.transactions import reading
from tests.orchestrator.web.conftest import Api

CAMPAIGN = """\
cellbench_campaign: 1
campaign: two-steps
description: A formation, and a ladder in the morning
cells: [L1]
benches: {neware: [A1]}
time_zone: Asia/Shanghai
steps:
  - {name: formation, protocol: formation, on: neware}
  - name: ladder
    protocol: rate-ladder
    on: neware
    cron: 0 8 * * MON-FRI
    when: {result: cycles.initial coulombic efficiency, of: formation, above: 40 %}
    if_one_fails: pause_all
"""


def check(api: Api, source: str) -> Any:
    return api.post("campaigns/check", name="my.yaml", source=source)


def test_a_check_says_where_cells_must_be_and_when_all_is_done_and_stores_nothing(api_on_both: Api) -> None:
    api = api_on_both
    answer = check(api, CAMPAIGN)

    assert (answer["ok"], answer["problems"], answer["name"]) == (True, [], "two-steps")
    assert answer["placements"] == [{"cell": "L1", "bench": "A1"}]
    steps = [(slot["step"], slot["bench"]) for slot in answer["forecast"]["slots"]]
    assert steps == [("formation", "A1"), ("ladder", "A1")]
    with reading(api.engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(campaigns)) == 0


def test_errors_are_told_at_their_lines(api: Api) -> None:
    answer = check(api, CAMPAIGN.replace("on: neware}", "on: newar}"))
    assert not answer["ok"]
    [problem] = answer["problems"]
    assert problem.startswith("my.yaml:8  ")
    assert "newar" in problem


def test_so_is_what_the_bench_and_the_cell_do_not_allow(api: Api) -> None:
    answer = check(api, CAMPAIGN.replace("[L1]", "[L7]"))
    assert not answer["ok"]
    assert "L7" in answer["problems"][0]


def test_the_library_can_be_read_and_changed(api: Api) -> None:
    [shipped] = [one for one in api.get("campaigns/library") if one["name"] == "sio-fast-charging"]
    assert "nine cells" in shipped["description"]
    assert "cellbench_campaign: 1" in api.get("campaigns/library/sio-fast-charging")["source"]
    assert api.http.get("/api/v1/campaigns/library/nothing").status_code == 404


def test_one_that_was_handed_in_tells_its_steps_in_words(api: Api) -> None:
    started = api.post("campaigns", 201, name="my.yaml", source=CAMPAIGN, actor="anna")
    formation, ladder = started["steps"]

    assert (formation["protocol"], formation["benches"], formation["timing"]) == ("formation", ["A1"], None)
    assert ladder["after"] == ["formation"]
    assert ladder["condition"] == "cycles of formation: initial coulombic efficiency above 40 %"
    assert (ladder["timing"]["cron"], len(ladder["timing"]["next_unix_s"])) == ("0 8 * * MON-FRI", 5)
    said = [event["message"] for event in api.get("events", campaign_id=1)]
    assert said == ["campaign 1 (two-steps) was handed in"]
    assert api.get("events", campaign_id=2) == []
