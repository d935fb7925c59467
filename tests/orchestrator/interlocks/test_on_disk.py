"""A trip is on the disk by the time its stop counts as told; a disk that hangs holds up nothing for long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from orchestrator.interlocks.on_disk import OnDisk
from tests.orchestrator.fake_cycler import FakeCycler
from tests.orchestrator.interlocks.interlock_bench import InterlockBench

RULE = "{when: {cell: any, voltage: above 4 V}, do: stop}"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[InterlockBench]:
    made = InterlockBench(tmp_path, FakeCycler())
    yield made
    made.close()


def test_nobody_waits_where_nobody_writes() -> None:
    on_disk = OnDisk()
    on_disk.found()
    began = time.monotonic()
    asyncio.run(on_disk.wait_written(120.0))
    assert time.monotonic() - began < 60.0


def test_what_is_found_while_writing_is_not_called_written() -> None:
    async def story() -> list[bool]:
        on_disk = OnDisk()
        on_disk.found()
        on_disk.begin_writing()
        on_disk.found()
        on_disk.written()
        waiting = asyncio.create_task(on_disk.wait_written(60.0))
        await asyncio.sleep(0)
        seen = [waiting.done()]
        on_disk.begin_writing()
        on_disk.written()
        await waiting
        return [*seen, True]

    assert asyncio.run(story()) == [False, True]


def test_a_disk_that_hangs_is_waited_for_so_long_and_no_longer() -> None:
    async def story() -> list[bool]:
        on_disk = OnDisk()
        on_disk.begin_writing()
        on_disk.found()
        waiting = asyncio.create_task(on_disk.wait_written(0.01))
        await asyncio.sleep(0)
        at_first = waiting.done()
        await asyncio.wait_for(waiting, 30.0)
        return [at_first, waiting.done()]

    assert asyncio.run(story()) == [False, True]


def test_the_trip_is_on_the_disk_when_its_stop_has_been_told(bench: InterlockBench) -> None:
    """Killed right behind the stop, the next node still knows why."""
    order: list[str] = []

    async def kept(kind: str, facts: Mapping[str, Any]) -> bool:
        await asyncio.sleep(0)
        order.append(f"kept {facts['name']}")
        return True

    async def story() -> None:
        assert bench.keeper is not None
        assert bench.watch is not None
        bench.keeper._writer.keep = kept  # type: ignore[method-assign]
        told = bench.watch.told
        bench.watch.told = lambda *where, **how: (order.append("told"), told(*where, **how))[1]  # type: ignore[method-assign]
        writing_down = asyncio.create_task(bench.keeper._put_aside_for_ever())
        await asyncio.sleep(0)
        bench.clock.unix_s += 1.0
        await bench.loop.tick()
        writing_down.cancel()

    bench.begin(RULE)
    bench.running()
    bench.measure(voltage_V=4.5)
    asyncio.run(story())
    assert order == ["kept bts-1/1", "told"]
