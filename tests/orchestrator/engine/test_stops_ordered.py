"""Stops that were ordered and that nobody has sent yet."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Set

import pytest

from orchestrator.engine import stops_ordered
from orchestrator.engine.stops_ordered import StopsOrdered


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops_ordered, "TAKEN_WITHIN_S", 0.0)


def sent_after(story: Callable[[StopsOrdered], Awaitable[None] | None]) -> list[Set[int]]:
    """What was sent, each time, when everything that was begun has ended."""
    found: list[Set[int]] = []

    async def send(runs: Set[int]) -> None:
        found.append(runs)

    async def played() -> None:
        stops = StopsOrdered(send)
        waits = story(stops)
        if waits is not None:
            await waits
        await all_others()

    asyncio.run(played())
    return found


async def all_others() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.gather(*others, return_exceptions=True)


def test_what_nobody_has_sent_is_sent() -> None:
    assert sent_after(lambda stops: stops.expect([1, 2])) == [{1, 2}]


def test_what_the_loop_has_taken_meanwhile_is_not() -> None:
    def story(stops: StopsOrdered) -> None:
        stops.expect([1, 2])
        stops.taken([2, 3])

    assert sent_after(story) == [{1}]


def test_where_the_loop_has_taken_all_nothing_is_sent() -> None:
    def story(stops: StopsOrdered) -> None:
        stops.expect([1])
        stops.taken([1])

    assert sent_after(story) == []


def test_no_order_is_none() -> None:
    assert sent_after(lambda stops: stops.expect([])) == []


def test_a_run_that_is_over_is_forgotten() -> None:
    def story(stops: StopsOrdered) -> None:
        stops.taken([1, 2])
        stops.active({2, 3})
        stops.expect([1, 2])

    assert sent_after(story) == [{1}]


def test_a_loop_that_ends_sends_nothing_any_more() -> None:
    def story(stops: StopsOrdered) -> None:
        stops.expect([1])
        stops.close()

    assert sent_after(story) == []
