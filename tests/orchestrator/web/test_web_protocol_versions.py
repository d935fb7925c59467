"""Versions of protocols: saved without a launch, found by their hash, never saved over another's."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from orchestrator.client import Client
from orchestrator.web.models.protocol_version import NewVersion
from tests.orchestrator.web.conftest import Api


def _text(api: Api, name: str = "my-formation", cycles: int = 4) -> str:
    text: str = api.get("protocols/formation")["source"]
    return text.replace("protocol: formation", f"protocol: {name}").replace("cycles: 5", f"cycles: {cycles}")


def _save(api: Api, status: int = 201, **body: Any) -> Any:
    return api.post("protocols", status, **{"actor": "anna", **body})


def test_a_version_is_kept_with_who_and_why_and_can_be_launched(api_on_both: Api) -> None:
    api = api_on_both
    source = _text(api)
    shipped = api.get("protocols/versions/" + _hash(api.get("protocols/formation")["source"]))
    saved = _save(api, source=source, parent=shipped["sha256"], note="one cycle less")

    assert (saved["name"], saved["version"], saved["created_by"], saved["note"]) == (
        "my-formation", 1, "anna", "one cycle less",
    )  # fmt: skip
    assert saved["sha256"] == _hash(source)
    kept = api.get(f"protocols/versions/{saved['sha256']}")
    assert (kept["source"], kept["parent_sha256"], kept["library"]) == (source, shipped["sha256"], False)
    assert [one["message"] for one in api.get("events")] == ["protocol my-formation version 1 saved: one cycle less"]
    api.launch(("L1", "A1"), protocol=saved["sha256"])
    assert api.get("runs/1")["protocol"] == "my-formation"
    assert api.get("protocols/versions")["total"] == 1


def test_the_bytes_of_a_version_are_a_file_to_keep(api: Api) -> None:
    source = _text(api) + "# 2 µm\n"
    saved = _save(api, source=source)
    answer = api.http.get(f"/api/v1/protocols/versions/{saved['sha256']}/file")

    assert answer.content == source.encode()
    assert answer.headers["content-disposition"] == f'attachment; filename="my-formation-{saved["sha256"][:8]}.yaml"'
    known = {"If-None-Match": f'"another", W/{answer.headers["etag"]}'}
    again = api.http.get(f"/api/v1/protocols/versions/{saved['sha256']}/file", headers=known)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])


def test_a_launch_makes_a_version_too(api: Api) -> None:
    api.launch(("L1", "A1"), protocol="mine.yaml", source=_text(api))
    (launched,) = api.get("protocols/versions", name="my-formation")["items"]

    assert (launched["version"], launched["created_by"], launched["note"]) == (1, "anna", None)


def test_what_is_wrong_is_not_kept(api: Api) -> None:
    problem = _save(api, 422, source=_text(api) + "stepps: []\n")

    assert "stepps" in problem["problems"][0]
    assert api.get("protocols/versions")["total"] == 0
    assert api.get("events") == []


def test_two_who_edit_the_same_version_hear_of_each_other(api_on_both: Api) -> None:
    api = api_on_both
    first = _save(api, source=_text(api, cycles=4))
    anna = _save(api, source=_text(api, cycles=3), parent=first["sha256"])
    bens = {"source": _text(api, cycles=2), "parent": first["sha256"], "actor": "ben"}
    problem = _save(api, 409, **bens)

    assert f"version 2, stored by anna ({anna['sha256']})" in problem["detail"]
    assert api.get("protocols/versions", name="my-formation")["total"] == 2
    kept = _save(api, **bens, newest_known=anna["sha256"])
    assert (kept["version"], kept["created_by"], kept["parent_sha256"]) == (3, "ben", first["sha256"])
    numbers = [one["version"] for one in api.get("protocols/versions", name="my-formation")["items"]]
    assert numbers == [3, 2, 1]


def test_a_name_that_is_taken_is_not_taken_by_chance(api: Api) -> None:
    source = _text(api, "formation")
    problem = _save(api, 409, source=source)
    assert "the library's" in problem["detail"]

    shipped = _hash(api.get("protocols/formation")["source"])
    saved = _save(api, source=source, parent=shipped)
    api.launch(("L1", "A1"), protocol="formation")  # stores the library's own text, which is no news
    assert _save(api, source=_text(api, "formation", 2), parent=saved["sha256"])["version"] == 3


def test_saving_again_changes_nothing(api: Api) -> None:
    saved = _save(api, source=_text(api))
    again = _save(api, 200, source=_text(api), actor="ben", note="mine")

    assert again == saved
    assert len(api.get("events")) == 1


@pytest.mark.parametrize("sha256", ["0" * 64, "..%2F..%2Flab.yaml", "0" * 63, "A" * 64])
def test_a_hash_that_is_none(api: Api, sha256: str) -> None:
    for path in (f"versions/{sha256}", f"versions/{sha256}/file", f"versions/{sha256}/unicycler?cell=L1"):
        assert api.http.get(f"/api/v1/protocols/{path}").status_code in (404, 422), path
    assert _save(api, 422 if len(sha256) != 64 or sha256[0] == "A" else 201, source=_text(api), parent=sha256)


def test_unicycler_files_come_and_go(api: Api) -> None:
    saved = _save(api, source=_text(api))
    exported = api.get(f"protocols/versions/{saved['sha256']}/unicycler", cell="L1")
    assert exported["name"] == "my-formation.json"
    assert exported["content"]["sample"]["name"] == "L1"

    text = json.dumps(exported["content"], indent=1)
    back = api.post("protocols/import", content=text, name="my-formation.json")
    assert api.post("protocols/check", source=back["source"])["ok"], back
    assert api.post("protocols/import", 422, content="[1, 2]", name="x.json")["problems"][0].startswith("x.json")
    assert api.get("protocols/versions")["total"] == 1


def test_what_unicycler_cannot_say_is_refused(api: Api) -> None:
    shipped = _hash(api.get("protocols/gitt")["source"])
    answer = api.http.get(f"/api/v1/protocols/versions/{shipped}/unicycler", params={"cell": "L1"})

    assert answer.status_code == 422
    assert all(line.startswith("gitt.yaml:") for line in answer.json()["problems"])


def test_a_program_keeps_and_finds_versions(api: Api) -> None:
    with Client(str(api.http.base_url)) as client:
        saved = client.save_protocol(NewVersion(source=_text(api), note="from a program", actor="anna"))
        assert client.protocol_version(saved.sha256).source == _text(api)
        assert [one.note for one in client.protocol_versions("my-formation").items] == ["from a program"]
        assert client.protocol_versions("other").total == 0


def _hash(source: str) -> str:
    return hashlib.sha256(source.encode()).hexdigest()
