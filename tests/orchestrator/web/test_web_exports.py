"""An export of a run that has ended may be kept: its tag stays with its bytes, and changes with what it shows."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from orchestrator.store.tables import cells, chamber_records, cycles, events, instruments, runs, segments
from tests.orchestrator.launch.bench_lab import NOW
from tests.orchestrator.web.conftest import Api
from tests.orchestrator.web.test_web_records import record


def ended(api: Api) -> int:
    """A run with records, in a chamber, that has come to its end."""
    run_id, _ = record(api)
    api.write(
        sa.update(runs).values(created_unix_s=NOW - 60, started_unix_s=NOW, finished_unix_s=NOW + 6000),
        sa.update(runs).values(state="completed", chamber="oven-1"),
        sa.update(segments).values(outcome="finished", records=600),
        chamber_look(NOW + 10),
    )
    return run_id


def chamber_look(unix_time_s: float) -> Any:
    return sa.insert(chamber_records).values(
        chamber="oven-1", unix_time_s=unix_time_s, process_degC=25.0, state="running"
    )


def export(api: Api, run_id: int, file_format: str = "csv", tag: str | None = None) -> httpx.Response:
    headers = {} if tag is None else {"If-None-Match": tag}
    return api.http.get(f"/api/v1/runs/{run_id}/export", params={"format": file_format}, headers=headers)


@pytest.mark.parametrize("file_format", ["csv", "parquet", "spectra", "mpt"])
def test_the_same_tag_means_the_same_bytes(api: Api, file_format: str) -> None:
    run_id = ended(api)

    first, second = export(api, run_id, file_format), export(api, run_id, file_format)
    known = export(api, run_id, file_format, first.headers["ETag"])

    assert first.status_code == HTTPStatus.OK
    assert first.content == second.content
    assert first.headers["ETag"] == second.headers["ETag"]
    assert (known.status_code, known.content) == (HTTPStatus.NOT_MODIFIED, b"")


def test_each_format_has_its_own(api: Api) -> None:
    run_id = ended(api)

    assert len({export(api, run_id, one).headers["ETag"] for one in ("csv", "parquet", "spectra", "mpt")}) == 4


@pytest.mark.parametrize(
    "change",
    [
        sa.update(runs).values(reason="stopped by hand"),
        sa.update(cells).values(active_mass_g=0.003),
        sa.update(cells).values(metadata={"alkali_solubility_pct": "4.8"}),
        sa.insert(instruments).values(name="bts-1", driver="neware", address="a", connected=True, simulated=True),
        sa.update(segments).values(outcome="tripped"),
        sa.update(cycles).values(gap=True),
        sa.insert(events).values(unix_time_s=NOW, actor="anna", kind="note", run_id=1, message="dry", data={}),
        chamber_look(NOW + 20),
    ],
    ids=["run", "mass", "entered value", "instrument", "segment", "cycle", "note", "late look at the chamber"],
)
def test_whatever_it_shows_changes_the_tag(api: Api, change: Any) -> None:
    run_id = ended(api)
    before = export(api, run_id).headers["ETag"]

    api.write(change)

    after = export(api, run_id, tag=before)
    assert after.status_code == HTTPStatus.OK
    assert after.headers["ETag"] != before


def test_another_version_of_the_code_changes_the_tag(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = ended(api)
    before = export(api, run_id).headers["ETag"]

    monkeypatch.setattr("orchestrator.export.export_version._code", lambda: ("next",))

    assert export(api, run_id).headers["ETag"] != before


def test_a_result_changes_it_and_a_download_that_broke_off_goes_on(api_on_both: Api) -> None:
    run_id = ended(api_on_both)
    whole = export(api_on_both, run_id)
    tag = whole.headers["ETag"]

    rest = api_on_both.http.get(
        f"/api/v1/runs/{run_id}/export", headers={"Range": f"bytes={len(whole.content) // 2}-", "If-Range": tag}
    )
    assert rest.status_code == HTTPStatus.PARTIAL_CONTENT
    assert whole.content.endswith(rest.content)

    api_on_both.post(f"runs/{run_id}/analyses", 202, name="cycles", actor="anna")
    assert export(api_on_both, run_id).headers["ETag"] != tag


def test_a_run_that_goes_on_is_never_kept(api: Api) -> None:
    run_id, _ = record(api)

    answer = export(api, run_id, tag="*")

    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Cache-Control"] == "no-store"
