"""A name in a request is never a path: nothing outside what the service offers is read or written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.conftest import Api, open_api

SECRET = "lab: test bench"
NAMES = ["../lab.yaml", "..%2flab.yaml", "%2e%2e%2flab.yaml", "..%5clab.yaml", "lab.yaml%00", "%2fetc%2fpasswd"]
PLACES = [
    "/api/v1/campaigns/library/", "/api/v1/cells/", "/api/v1/protocols/", "/api/v1/protocols/versions/",
    "/api/v1/runs/1/records.", "/protocols/", "/static/", "/static/js/", "/words/",
]  # fmt: skip


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    lab = make_lab(tmp_path_factory.mktemp("names"))
    fill(lab)
    assert SECRET in lab.path.read_text(encoding="utf-8")
    yield from open_api(lab)


@pytest.mark.parametrize("place", PLACES)
def test_an_address_leads_nowhere_else(api: Api, place: str) -> None:
    for name in (*NAMES, f"../../../../../../..{api.lab.path}", str(api.lab.path).replace("/", "%2f")):
        answer = api.http.get(f"{place}{name}", follow_redirects=False)
        assert answer.status_code in (303, 400, 404, 405, 422), (place, name, answer.status_code)
        assert SECRET not in answer.text
        assert "root:" not in answer.text


@pytest.mark.parametrize("name", ["../lab.yaml", "{lab}", "a\\..\\b", "lab.yaml\0", "%2e%2e/lab.yaml"])
def test_a_name_in_a_body_reads_no_file_and_writes_none(api: Api, name: str) -> None:
    before = _files(api)
    written = name.format(lab=api.lab.path)
    placements = [{"cell": "L1", "bench": "A1"}]
    for path, body in (
        ("runs", {"protocol": written, "placements": placements}),
        ("protocols/plan", {"protocol": written, "cell": "L1"}),
        ("protocols/check", {"name": written, "source": "cellbench: 1"}),
        ("protocols/import", {"name": written, "content": "method: []"}),
        ("cells/import", {"name": written, "table": "cell,thickness\nL1,3 um\n"}),
    ):
        answer = api.http.post(f"/api/v1/{path}", json={**body, "actor": "mallory"})
        assert answer.status_code < 500, (path, answer.text)
        assert SECRET not in answer.text.replace(written, "")
    assert api.get("runs")["total"] == 0
    assert _files(api) == before


@pytest.mark.parametrize("file_format", ["../../lab", "csv/../..", "%00", "exe"])
def test_an_export_has_no_other_format_than_those_that_there_are(api: Api, file_format: str) -> None:
    assert api.http.get("/api/v1/runs/1/export", params={"format": file_format}).status_code == 422


def _files(api: Api) -> set[Path]:
    """But what SQLite keeps beside its database."""
    return {path for path in api.lab.path.parent.rglob("*") if not path.name.startswith("cellbench.db")}
