"""A process that is asked to end hears it on every system."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Iterator

import pytest

from orchestrator.process.ending import on_ending

_BOTH = (signal.SIGTERM, signal.SIGINT)


class LoopOfWindows(asyncio.SelectorEventLoop):
    """Refuses signal handlers, as the loops of Windows do."""

    def add_signal_handler(self, *_arguments: object) -> None:
        raise NotImplementedError


@pytest.fixture
def handlers_as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in _BOTH}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", _BOTH)
@pytest.mark.parametrize("kind", [asyncio.SelectorEventLoop, LoopOfWindows])
@pytest.mark.usefixtures("handlers_as_before")
def test_the_wish_is_heard_in_the_loop(kind: type[asyncio.SelectorEventLoop], number: signal.Signals) -> None:
    async def ends() -> bool:
        ended = asyncio.Event()
        on_ending(asyncio.get_running_loop(), ended.set)
        signal.raise_signal(number)
        await asyncio.wait_for(ended.wait(), timeout=60)
        return ended.is_set()

    with asyncio.Runner(loop_factory=kind) as runner:
        assert runner.run(ends())
