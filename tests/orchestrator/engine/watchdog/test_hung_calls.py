"""A call into an instrument that does not come back is named once, with where it is, and its end is told."""

from __future__ import annotations

import asyncio
import re
import threading

import pytest

from drivers.errors import Refused, Unreachable
from orchestrator.engine.watchdog.hung_calls import HUNG_AFTER_S, HungCalls
from orchestrator.engine.worker import InstrumentWorker


class _Library:
    """A vendor's call that forgets its time limit."""

    def __init__(self) -> None:
        self.entered, self.released = threading.Event(), threading.Event()

    def exchange(self) -> str:
        self.entered.set()
        self.released.wait(120.0)
        return "at last"


def test_a_call_that_hangs_is_named_and_its_end_is_told(caplog: pytest.LogCaptureFixture) -> None:
    library, later_s, told = _Library(), [0.0], list[str]()
    worker = InstrumentWorker("bts-1")

    def since_it_began() -> float:
        return later_s[0] + (worker.under_way.since_s if worker.under_way is not None else 0.0)

    hung = HungCalls([worker], real=since_it_began)

    def look() -> None:
        hung.look(
            lambda instrument, message: told.append(message), lambda instrument: told.append(f"{instrument} over")
        )

    async def story() -> str:
        call = asyncio.create_task(worker.call(library.exchange))
        await asyncio.to_thread(library.entered.wait, 60.0)
        look()
        later_s[0] = HUNG_AFTER_S + 1.0
        look()
        look()
        library.released.set()
        answer = await call
        look()
        return answer

    assert asyncio.run(story()) == "at last"
    worker.close()
    named, over = told
    where = r"(threading|test_hung_calls)\.py:\d+"  # waiting, or just about to
    assert re.match(rf"a call into bts-1 has not come back for 61 s: it is in {where}", named)
    assert over == "bts-1 over"
    assert "in exchange" in caplog.messages[0]


def test_calls_are_counted_by_how_they_ended() -> None:
    worker = InstrumentWorker("bts-1")

    def fails(error: Exception) -> None:
        raise error

    async def story() -> None:
        await worker.call(lambda: None)
        for error in (Unreachable("no reply"), Unreachable("no reply"), Refused("busy")):
            with pytest.raises(type(error)):
                await worker.call(fails, error)

    asyncio.run(story())
    worker.close()
    assert worker.outcomes == {"ok": 1, "unreachable": 2, "refused": 1}
    assert worker.under_way is None
