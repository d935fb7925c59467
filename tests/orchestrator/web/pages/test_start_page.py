"""The page that starts tests, through HTTP: what a technician can choose from."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher

from orchestrator.people.role import Role
from orchestrator.store.tables import latest
from orchestrator.store.transactions import writing
from orchestrator.store.users import add_user
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab
from tests.orchestrator.web.conftest import Api
from tests.orchestrator.web.served import served

HOSTILE = "<script>alert(1)<x>"
PASSWORD = "slurry mixed by hand"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def text_of(api: Api, path: str) -> str:
    answer = api.http.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def rows(page: str) -> list[tuple[str, str]]:
    """Name of each channel, and whether it is free, in the order of the page."""
    return re.findall(r'<tr data-place="([^"]*)"[^>]*data-free="(\w+)"', page)


def seen(api: Api, *states: str) -> None:
    """The channels of A1, A2 … as they were last seen."""
    for number, state in enumerate(states, start=1):
        values = {"instrument": "bts-1", "channel": f"27-21-1-{number}", "observed_unix_s": NOW, "state": state}
        api.write(latest.insert().values(**values, native_state=state, voltage_V=0.41234, tag="someone-else"))


def test_free_channels_stand_first_with_what_is_on_the_others(api: Api) -> None:
    seen(api, "idle", "finished")
    assert rows(text_of(api, "/start")) == [("A1", "yes"), ("A2", "yes")]

    (run,) = api.launch(("L1", "A1"))["runs"]
    page = text_of(api, "/start/places")
    assert rows(page) == [("A2", "yes"), ("A1", "no")]
    assert f'<a href="/runs/{run["run_id"]}">L1: formation</a>' in page
    assert "<html" not in page


def test_what_another_client_runs_and_what_nobody_can_tell_is_not_free(api: Api) -> None:
    seen(api, "running")
    page = text_of(api, "/start/places")

    assert rows(page) == [("A1", "no"), ("A2", "no")], "nobody has ever seen A2"
    assert "test someone-else" in page
    assert "0.412 V" in page
    assert '<span class="badge unknown">' in page


def test_the_library_and_every_version_that_was_launched_can_be_chosen(api: Api) -> None:
    before = text_of(api, "/start")
    assert '<option value="rate-ladder">' in before
    assert "Stored versions" not in before
    source = api.get("protocols/formation")["source"].replace("Rest, then", HOSTILE + " then")
    api.launch(("L1", "A1"), protocol="mine.yaml", source=source)
    sha256 = api.post("protocols/parameters", protocol="mine.yaml", source=source)["sha256"]

    after = text_of(api, "/start")
    assert f'<option value="{sha256}">formation v1' in after
    assert HOSTILE not in after


def test_cells_are_suggested_by_a_part_of_what_is_known_of_them(api: Api) -> None:
    api.post("cells", 201, id=HOSTILE, material="silver", metadata={"made": "slot die"}, actor="anna")

    assert re.findall(r'value="([^"]*)">', text_of(api, "/start/cells?search=l1")) == ["L1"]
    assert "2.75 mg" in text_of(api, "/start/cells?search=sio@C")
    assert len(re.findall("<option", text_of(api, "/start/cells?search="))) == 3
    assert "silver" in text_of(api, "/start/cells?search=slot die")
    assert HOSTILE not in text_of(api, "/start/cells?search=silver")
    assert "option" not in text_of(api, "/start/cells?search=%25")


@pytest.mark.parametrize(("barcode", "known"), [("L1", True), ("N77", False)])
def test_a_barcode_that_nobody_knows_is_no_error(api: Api, barcode: str, known: bool) -> None:
    answer = api.http.get("/start/cell", params={"id": barcode})

    assert answer.status_code == 200
    assert (answer.json()["cell"] is not None) == known


def test_a_viewer_sees_plans_and_launches_nothing(tmp_path: Path) -> None:
    lab = make_lab(tmp_path, login="required")
    fill(lab)
    with served(lab) as (url, engine):
        with writing(engine) as connection:
            add_user(connection, "vera", Role.VIEWER, _HASH, now=1.0)
            add_user(connection, "olga", Role.OPERATOR, _HASH, now=1.0)
        pages = {}
        for name in ("vera", "olga"):
            with httpx.Client(base_url=url, timeout=120, headers={"Accept": "text/html"}) as http:
                http.post("/api/v1/session", json={"name": name, "password": PASSWORD})
                pages[name] = [http.get(path).text for path in ("/start", "/cells", "/cells/L1")]

    for page, what in zip(pages["olga"], ('id="launch"', 'id="new-cell"', "entry-form"), strict=True):
        assert what in page
    for page in pages["vera"]:
        assert 'id="launch"' not in page
        assert "<form class=" not in page.replace('<form class="row" method="get"', "")
