"""The pages of protocols, as they come from the server."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from orchestrator.launch.known_protocol import library_protocols
from orchestrator.people.role import Role
from orchestrator.people.secret import fingerprint, new_token
from orchestrator.store.instruments import Channel, Instrument, upsert_channels, upsert_instruments
from orchestrator.store.protocol_files import put_protocol
from orchestrator.store.tokens import add_token
from orchestrator.store.transactions import writing
from orchestrator.store.users import add_user
from orchestrator.web.pages.protocols.draft import BLANK, renamed
from orchestrator.web.pages.protocols.highlight import highlighted
from orchestrator.web.pages.protocols.techniques import TECHNIQUES
from protocols.library import names
from protocols.reading import check
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.served import served

HOSTILE = '<script>alert(1)</script>" onmouseover="x'


@dataclass
class Site:
    http: httpx.Client
    engine: Engine

    def page(self, path: str, status: int = 200) -> str:
        answer = self.http.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == status, answer.text
        return answer.text

    def seen(self, path: str) -> str:
        """What a person reads, on one line."""
        text = re.sub(r"<[^>]*>", " ", self.page(path).partition("<main")[2])
        return " ".join(html.unescape(text).split())

    def save(self, source: str, **more: Any) -> str:
        answer = self.http.post("/api/v1/protocols", json={"source": source, "actor": "anna", **more})
        assert answer.status_code == 201, answer.text
        sha256: str = answer.json()["sha256"]
        return sha256


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    lab = make_lab(tmp_path)
    fill(lab)
    with served(lab) as (url, engine), httpx.Client(base_url=url, timeout=120) as http:
        yield Site(http, engine)


def _own(cycles: int = 4, note: str = "") -> str:
    return f"{BLANK.replace('cycles: 5', f'cycles: {cycles}')}{note}"


def test_the_library_says_what_each_protocol_needs(site: Site) -> None:
    with writing(site.engine) as connection:
        upsert_instruments(connection, [Instrument("bts-1", "neware", "192.0.2.10:502")])
        able = {"techniques": ["rest", "constant_current", "constant_voltage"]}
        upsert_channels(connection, [Channel("bts-1", f"27-21-1-{n}", f"A{n}", None, able) for n in (1, 2)])
    seen = site.seen("/protocols")

    for protocol in library_protocols():
        assert protocol.description in seen
    assert "5 d 7 h · 5 cycles Needs rest constant current Can run on all 2 channels of this lab" in seen
    assert "temperature chamber" in seen
    assert seen.count("no channel of this lab can") == len([one for one in names() if "imp" in one or "cv" in one])
    assert "None yet." in seen


def test_a_lab_keeps_its_own_with_every_version(site: Site) -> None:
    first = site.save(_own(4), note="four")
    second = site.save(_own(3), parent=first, note="three")
    seen = site.seen("/protocols")
    page = site.page(f"/protocols/{first}")

    assert "my-protocol version 2" in seen
    assert ", anna: three Start my-protocol Copy and edit my-protocol 2 versions of this lab" in seen
    assert "There is a newer version" in page
    assert f'href="/protocols/difference?old={first}&amp;new={second}"' in page
    assert "There is a newer version" not in site.page(f"/protocols/{second}")
    assert "What was changed" in site.page(f"/protocols/{second}")


def test_a_version_shows_its_runs(site: Site) -> None:
    placed = {"placements": [{"cell": "L1", "bench": "A1"}], "actor": "anna"}
    launched = site.http.post("/api/v1/runs", json={"protocol": "formation", **placed})
    assert launched.status_code == 201, launched.text
    page = site.page("/protocols/formation")

    assert 'href="/runs/1"' in page
    assert 'href="/cells/L1"' in page
    assert "1 run" in site.seen("/protocols/formation")
    assert "None yet." in site.seen("/protocols"), "the library's own text is not a protocol of the lab"


def test_text_and_plan_stand_on_the_page(site: Site) -> None:
    page = site.page("/protocols/formation")

    assert '<span class="y-key">discharge</span>: {<span class="y-key">current</span>' in page
    assert page.count('class="line"') == len(library_protocols()[3].source.splitlines())
    assert "repeat 5x" in page
    assert "-0.275 mA" in page


def test_what_differs_is_told_by_line(site: Site) -> None:
    first = site.save(_own(4))
    second = site.save(_own(4, "# a line more\n").replace("rest: 10 min", "rest: 20 min"), parent=first)
    page = site.page(f"/protocols/difference?old={first}&new={second}")
    seen = site.seen(f"/protocols/difference?old={first}&new={second}")

    assert "<del>1</del>0 min" in page
    assert "<ins>2</ins>0 min" in page
    assert "<ins># a line more</ins>" in page
    assert "lines are the same" in seen
    assert "the texts are the same" in site.seen(f"/protocols/difference?old={first}&new={first}")


def test_nothing_that_somebody_wrote_becomes_part_of_the_page(site: Site) -> None:
    first = site.save(_own().replace("What it does", HOSTILE), note=HOSTILE)
    second = site.save(_own(3, f"# {HOSTILE} </textarea>\n"), parent=first, note=HOSTILE)
    paths = ("", f"/{first}", f"/{second}", f"/edit?of={second}", f"/difference?old={first}&new={second}")
    for path in paths:
        page = site.page(f"/protocols{path}")
        assert "<script>alert" not in page, path
        assert '" onmouseover' not in page, path
        assert page.count("</textarea>") == path.startswith("/edit"), path
    assert "alert(1)" in site.seen(f"/protocols/{first}")


def test_the_editor_begins_with_a_copy_or_a_version(site: Site) -> None:
    assert "protocol: my-formation" in site.page("/protocols/new?from=formation")
    shipped = next(one for one in library_protocols() if one.name == "formation")
    stored = site.save(renamed(shipped.source, "mine"))
    edited = site.page(f"/protocols/edit?of={stored}")
    assert f'data-newest="{stored}"' in edited
    assert html.escape(renamed(shipped.source, "mine")) in edited.replace("&#34;", "&quot;")
    assert check(BLANK) == []
    for path in ("/protocols/new", "/protocols/new?from="):
        assert html.escape(BLANK, quote=False) in site.page(path)


def test_a_text_that_cannot_be_read_any_more_is_shown_all_the_same(site: Site) -> None:
    with writing(site.engine) as connection:
        sha256 = put_protocol(connection, "old", "cellbench: 0\nnothing: of today\n", now=1.0)
    assert "old" in site.seen("/protocols")
    assert "is no version of the language" in site.seen(f"/protocols/{sha256}")
    assert "/start?" not in site.page(f"/protocols/{sha256}")


@pytest.mark.parametrize("name", ["none", "0" * 64, "..%2Flab.yaml", "%2Fetc%2Fhostname", "__init__.py"])
def test_what_is_not_there_is_a_page_that_says_so(site: Site, name: str) -> None:
    for path in (f"/protocols/{name}", f"/protocols/edit?of={name}", f"/protocols/new?from={name}"):
        assert site.http.get(path).status_code == 404, path
    assert site.http.get(f"/protocols/difference?old={name}&new={name}").status_code in (404, 422)


def test_only_an_operator_is_offered_what_only_an_operator_may(tmp_path: Path) -> None:
    lab = make_lab(tmp_path, login="required")
    fill(lab)
    with served(lab) as (url, engine):
        seen = {name: _page_of(url, engine, name, role) for name, role in (("v", Role.VIEWER), ("o", Role.OPERATOR))}
    assert ("Copy and edit" in seen["v"], "Copy and edit" in seen["o"]) == (False, True)
    assert ("/start?protocol=" in seen["v"], "/start?protocol=" in seen["o"]) == (False, True)


def _page_of(url: str, engine: Engine, name: str, role: Role) -> str:
    secret = new_token()
    with writing(engine) as connection:
        add_user(connection, name, role, "no hash", now=1.0)
        add_token(connection, name, fingerprint(secret), "a test", role, now=1.0, expires=4e9)
    return httpx.get(f"{url}/protocols", headers={"Authorization": f"Bearer {secret}"}, timeout=120).text


def test_no_protocol_of_the_library_is_called_as_a_page_is() -> None:
    assert not {"new", "edit", "difference", "versions", "check", "plan", "preview", "import"} & set(names())


def test_every_technique_has_a_name() -> None:
    kinds = {"rest", "constant_current", "constant_voltage", "constant_current_constant_voltage"}
    assert set(TECHNIQUES) == kinds | {"voltage_scan", "impedance"}


@pytest.mark.parametrize("name", names())
def test_the_pieces_of_a_line_are_the_line(name: str) -> None:
    source = next(one for one in library_protocols() if one.name == name).source
    lines = highlighted(source)

    assert ["".join(piece.text for piece in line) for line in lines] == source.splitlines()
    kinds = {piece.kind for line in lines for piece in line}
    assert {"comment", "key", "number", "parameter"} <= kinds
