"""A lease that a thread takes for a task which is cancelled meanwhile is given back: else nobody would ever have it."""

from __future__ import annotations

import asyncio
from threading import Event

import pytest
import sqlalchemy as sa

from orchestrator.clock import SystemClock
from orchestrator.engine import duty
from orchestrator.engine.duty import take_duty
from orchestrator.engine.lease import Lease, take_lease

LONG_S = 120.0


async def cancelled_while_taking(database: sa.Engine, begun: Event, go_on: Event) -> None:
    waiting = asyncio.create_task(take_duty(database, "campaigns", SystemClock(), again_s=0.01))
    assert await asyncio.to_thread(begun.wait, LONG_S)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    go_on.set()  # the loop ends only once its threads have


def test_a_duty_that_nobody_wants_any_more_is_given_back(engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, go_on = Event(), Event()

    def slowly(database: sa.Engine, name: str, address: str, now_unix_s: float, *, patient: bool) -> Lease:
        begun.set()
        assert go_on.wait(LONG_S)
        return take_lease(database, name, address, now_unix_s, patient=patient)

    monkeypatch.setattr(duty, "take_lease", slowly)
    asyncio.run(cancelled_while_taking(engine, begun, go_on))

    take_lease(engine, "campaigns", "campaigns", 2.0).release()


def test_a_duty_that_was_taken_but_not_handed_over_is_given_back(engine: sa.Engine) -> None:
    taking = duty._Taking()
    first = taking.take(engine, "campaigns", 1.0)
    taking.give_up()

    lease = take_lease(engine, "campaigns", "campaigns", 2.0)
    assert lease.epoch == first.epoch + 1
    lease.release()


def test_the_next_has_the_duty_once_the_one_before_lets_go(engine: sa.Engine) -> None:
    async def story() -> None:
        first = await take_duty(engine, "campaigns", SystemClock(), again_s=0.01)
        second = asyncio.create_task(take_duty(engine, "campaigns", SystemClock(), again_s=0.01))
        done, _ = await asyncio.wait([second], timeout=0.2)
        assert not done
        first.release()
        lease = await asyncio.wait_for(second, LONG_S)
        assert lease.epoch == first.epoch + 1
        lease.release()

    asyncio.run(story())
