"""Two nodes on one database compete for running its campaigns: one does, and when it is gone the other goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.campaigns import runner as campaign_runner
from orchestrator.campaigns.runner import CampaignRunner
from orchestrator.run_state import RunState
from orchestrator.store.campaigns import run_ids
from orchestrator.store.tables import nodes
from orchestrator.store.transactions import reading
from tests.orchestrator.campaigns.test_rounds import SIMPLE, Bench
from tests.orchestrator.launch.bench_lab import NOW

PATIENCE_S = 120.0  # wall seconds


class Sleeper:
    """Sleeps until it is woken."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()

    async def sleep_until(self, unix_s: float) -> None:
        await self._woken.wait()
        self._woken.clear()

    def wake(self) -> None:
        self._woken.set()

    async def close(self) -> None:
        return


class StandingClock:
    def now(self) -> float:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    def sleeper(self, name: str) -> Sleeper:
        return Sleeper()

    async def close(self) -> None:
        return


class Node:
    """As much of a node as runs campaigns; ``acted`` is set where it has done something."""

    def __init__(self, bench: Bench) -> None:
        self.acted = asyncio.Event()
        runner = CampaignRunner(bench.lab, bench.engine, StandingClock(), lambda _: self.acted.set())
        self.task = asyncio.create_task(runner.run())

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
def bench(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """On SQLite and on PostgreSQL."""
    monkeypatch.setattr(campaign_runner, "_LEASE_AGAIN_S", 0.01)
    made = Bench(tmp_path, database_url)
    yield made
    made.close()


async def first_to_act(*all_nodes: Node) -> Node:
    acting = {asyncio.create_task(node.acted.wait()): node for node in all_nodes}
    done, waiting = await asyncio.wait(acting, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    return acting[done.pop()]


def held(bench: Bench) -> int:
    """How often the lease was taken."""
    with reading(bench.engine) as connection:
        return connection.scalar(sa.select(nodes.c.epoch).where(nodes.c.instrument == "campaigns")) or 0


def test_one_of_them_runs_campaigns_and_the_other_takes_over(bench: Bench) -> None:
    number = bench.hand_in(SIMPLE)

    async def compete() -> None:
        both = [Node(bench), Node(bench)]
        leader = await first_to_act(*both)
        (other,) = (node for node in both if node is not leader)
        assert not other.acted.is_set()
        assert held(bench) == 1
        await leader.end()
        bench.runs_are(RunState.COMPLETED)
        await asyncio.wait_for(other.acted.wait(), PATIENCE_S)
        assert held(bench) == 2
        await other.end()

    asyncio.run(compete())
    assert {name: job.state for name, job in bench.jobs(number).items()} == {"formation": "done", "ladder": "running"}
    with reading(bench.engine) as connection:
        assert run_ids(connection, number) == [1, 2], "each step launched once"
