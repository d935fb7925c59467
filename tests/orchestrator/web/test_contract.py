"""The API keeps what its description promises, asked for by a machine that read it and nothing else.

``CONTRACT_EXAMPLES=30`` tries more of everything.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from orchestrator.people.role import Role
from orchestrator.store.alarms import raise_alarm
from orchestrator.store.transactions import writing
from tests.orchestrator.web.people_served import People, people_served

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "1"))
CHECKS = [
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
KNOWN: Mapping[str, object] = {
    "alarm_id": 1,
    "analysis_id": 1,
    "campaign_id": 1,
    "cell_id": "L1",
    "run_id": 1,
    "spectrum": 1,
    "token_id": 1,
    "trip_id": 1,
}
"""What is there, so that not every answer is 404."""
NAMES = {"protocols": "formation", "users": "vera", "campaigns": "ladder", "chambers": "oven-1"}


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with people_served(tmp_path_factory.mktemp("contract")) as opened:
        opened.token("vera", Role.VIEWER)  # token 1, which an operation may revoke
        yield opened


@pytest.fixture(scope="module")
def headers(people: People) -> dict[str, str]:
    """Of an admin."""
    found = {"Authorization": f"Bearer {people.token('adam', Role.ADMIN)}"}
    for path, body in (
        ("cells", {"id": "N1", "material": "SiO@C"}),
        ("runs", {"protocol": "formation", "placements": [{"cell": "L1", "bench": "A1"}]}),
        ("runs/1/notes", {"text": "a bubble under the separator"}),
    ):
        answer = httpx.post(f"{people.url}/api/v1/{path}", json=body, headers=found, timeout=120)
        assert answer.status_code == 201, answer.text
    with writing(people.engine) as connection:
        raise_alarm(connection, source="bts-1", message="silent for 60 s", now=1.0)
    return found


def test_the_description_holds(people: People, headers: dict[str, str]) -> None:
    described = httpx.get(f"{people.url}/api/v1/openapi.json", headers=headers, timeout=300).json()
    problems: list[str] = []
    operations = [found.ok() for found in schemathesis.openapi.from_dict(described).get_all_operations()]
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _try(operation, mode, lambda case: problems.extend(_problems(case, people.url, headers)))

    assert problems == []
    assert len(operations) > 60


def _try(operation: APIOperation[Any, Any, Any], mode: GenerationMode, ask: Callable[[Case], None]) -> None:
    if mode is GenerationMode.NEGATIVE and not (operation.body or operation.query or operation.path_parameters):
        return  # there is nothing that could be wrong

    @seed(20260105)
    @settings(max_examples=EXAMPLES, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def tried(case: Case) -> None:
        if mode is GenerationMode.POSITIVE:
            _point_at_what_is_there(case)
        ask(case)

    tried()


def _point_at_what_is_there(case: Case) -> None:
    resource = case.operation.path.removeprefix("/api/v1/").partition("/")[0]
    there = {**KNOWN, "name": NAMES.get(resource, "x")}
    case.path_parameters = {name: there.get(name, given) for name, given in case.path_parameters.items()}


def _problems(case: Case, url: str, headers: dict[str, str]) -> Iterator[str]:
    # who may is looked at elsewhere: what a machine thinks of as Authorization would only be refused
    response = case.call(base_url=url, headers=headers, timeout=300)
    label = f"{case.operation.label} {response.status_code}"
    if response.status_code == 500:
        yield f"{label}: {response.text}\n{case.as_curl_command()}"
    try:
        case.validate_response(response, checks=CHECKS)
    except BaseExceptionGroup as found:
        yield from (f"{label}: {one}" for one in found.exceptions)
