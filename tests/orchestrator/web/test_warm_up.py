"""Once the service is up it reads what the first page needs; pages that come together read it once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from orchestrator.store.database import open_database
from orchestrator.store.tables import runs
from orchestrator.web.bench.run_facts import known_plans
from orchestrator.web.pages.frame import environment
from orchestrator.web.service import Service
from orchestrator.web.warm_up import warm_up
from protocols.plan import Plan
from protocols.storage import load_plan
from tests.orchestrator.web.conftest import Api

RUNS = 45


@pytest.fixture
def service(api: Api) -> Iterator[Service]:
    """A service of its own on the database of another, in which as many runs wait."""
    api.launch(("L1", "A1"))
    with api.engine.connect() as connection:
        one = connection.execute(sa.select(runs)).one()._asdict()
    api.write(*(sa.insert(runs).values(one | {"id": number}) for number in range(2, RUNS + 1)))
    engine = open_database(api.lab.database_url)
    yield Service(api.lab, engine)
    engine.dispose()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Mapping[str, Any]]:
    """Every stored plan that is read."""
    found: list[Mapping[str, Any]] = []

    def counted(stored: Mapping[str, Any]) -> Plan:
        found.append(stored)
        return load_plan(stored)

    monkeypatch.setattr("orchestrator.web.plan_cache.load_plan", counted)
    return found


def test_the_first_page_finds_everything_read(service: Service, read: list[Mapping[str, Any]]) -> None:
    environment.cache_clear()

    warm_up(service, threading.Event())

    assert len(read) == RUNS
    assert service.bench.cards
    assert environment("en").cache
    with service.reading() as connection:
        assert len(known_plans(connection, service.plans, range(1, RUNS + 1))) == RUNS
    assert len(read) == RUNS


def test_it_ends_with_the_service(service: Service, read: list[Mapping[str, Any]]) -> None:
    stopped = threading.Event()
    stopped.set()

    warm_up(service, stopped)

    assert read == []
    assert not service.bench.cards


def test_pages_that_come_together_read_each_plan_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Mapping[str, Any]] = []
    another = threading.Event()

    def slow(stored: Mapping[str, Any]) -> Plan:
        read.append(stored)
        if len(read) == 1:
            another.wait(0.5)  # nobody comes, or this test fails
        another.set()
        return load_plan(stored)

    def ask(_page: int) -> int:
        with service.reading() as connection:
            return len(known_plans(connection, service.plans, range(1, RUNS + 1)))

    monkeypatch.setattr("orchestrator.web.plan_cache.load_plan", slow)
    with ThreadPoolExecutor(4) as pages:
        found = list(pages.map(ask, range(4)))

    assert found == [RUNS] * 4
    assert len(read) == RUNS
