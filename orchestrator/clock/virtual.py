"""A virtual lab's clock: time moves only while every task of every attached node sleeps.

The autojump idea is trio's: a task holds a busy token except while it sleeps on the clock; when no token is held, the
node names its next wake-up to the lab (``docs/reference/virtual-lab.md``), which jumps to the earliest of all nodes.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import json
from collections.abc import Coroutine
from typing import Any

from drivers.errors import DriverError, Garbled, Unreachable

__all__ = ["VirtualClock"]

_ANSWER_TIMEOUT_S = 10.0  # wall seconds; a sleep may take longer, everything else must not


class _VirtualSleeper:
    def __init__(self, clock: VirtualClock, name: str) -> None:
        self._clock = clock
        self._name = name
        self._sleeping: asyncio.Future[bool] | None = None
        self._woken = False
        self._closed = False

    async def sleep_until(self, unix_s: float) -> bool:
        if self._woken:
            self._woken = False
            return True
        if unix_s <= self._clock.now():
            await asyncio.sleep(0)
            return False
        self._sleeping = asyncio.get_running_loop().create_future()
        self._clock.falls_asleep(unix_s, self._sleeping)
        try:
            return await self._sleeping
        except asyncio.CancelledError:
            self._clock.gives_up(self._sleeping)
            raise
        finally:
            self._sleeping = None

    def wake(self) -> None:
        if self._sleeping is not None and not self._sleeping.done():
            self._clock.wakes_up(self._sleeping)
        else:
            self._woken = True

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._clock.leaves()


class VirtualClock:
    """Client of a virtual lab's control port. Made by :meth:`connect`; used from one event loop."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, now_unix_s: float) -> None:
        self._reader, self._writer = reader, writer
        self._now = now_unix_s
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._awake = 0
        self._asleep: list[tuple[float, int, asyncio.Future[bool]]] = []
        self._waking: list[asyncio.Future[bool]] = []  # woken early, until the lab has said what time it is
        self._order = itertools.count()
        self._lab_sleep: float | None = None  # until when the lab believes that this node sleeps
        self._settle: asyncio.Task[None] | None = None
        self._broken: BaseException | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._listener = self._spawn(self._listen())

    @classmethod
    async def connect(cls, host: str, port: int, name: str) -> VirtualClock:
        """Attach to the lab as node ``name``. Raises Unreachable with the address when no lab answers."""
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(host, port), _ANSWER_TIMEOUT_S)
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"no virtual lab at {host}:{port}; start it with `cellbench lab FILE`") from error
        clock = cls(reader, writer, 0.0)
        try:
            answer = await asyncio.wait_for(clock._request("attach", name=name), _ANSWER_TIMEOUT_S)
            clock._now = float(answer["now_unix_s"])
        except TimeoutError as error:
            await clock.close()
            raise Unreachable(f"{host}:{port} answers nothing; is a virtual lab's control port there?") from error
        except (DriverError, KeyError):
            await clock.close()
            raise
        return clock

    def now(self) -> float:
        """Lab time; it stands still while this node is awake."""
        return self._now

    def monotonic(self) -> float:
        """Lab time never goes back, so it serves for durations too."""
        return self._now

    def sleeper(self, name: str) -> _VirtualSleeper:
        """Join the clock as a task that is awake from now on. While the others sleep, lab time is still being asked."""
        self._awake += 1
        if self._lab_sleep is not None:
            self._spawn(self._request("wake"))
        return _VirtualSleeper(self, name)

    def falls_asleep(self, until_unix_s: float, future: asyncio.Future[bool]) -> None:
        """A task sleeps; when it was the last one awake, the lab is told."""
        if self._broken is not None:
            future.set_exception(self._broken)
            return
        heapq.heappush(self._asleep, (until_unix_s, next(self._order), future))
        self._awake -= 1
        self._settle_later()

    def wakes_up(self, future: asyncio.Future[bool]) -> None:
        """A task's sleep ends early: as soon as the lab has stopped its time for us, and said what time it is."""
        if not self._takes_out(future):
            return
        if self._lab_sleep is None:
            future.set_result(True)
        else:
            self._waking.append(future)

    def gives_up(self, future: asyncio.Future[bool]) -> None:
        """A task was cancelled in its sleep; it is awake until it leaves."""
        self._takes_out(future)
        if future in self._waking:
            self._waking.remove(future)

    def _takes_out(self, future: asyncio.Future[bool]) -> bool:
        """One task more is awake. False when it was so already."""
        before = len(self._asleep)
        self._asleep = [entry for entry in self._asleep if entry[2] is not future]
        if len(self._asleep) == before:
            return False
        heapq.heapify(self._asleep)
        self._awake += 1
        if self._lab_sleep is not None:
            self._spawn(self._request("wake"))
        return True

    def leaves(self) -> None:
        """A task leaves for good."""
        self._awake -= 1
        self._settle_later()

    async def close(self) -> None:
        """Detach: the lab's time no longer waits for this node."""
        self._break(Unreachable("the clock is closed"))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except OSError:
            return  # the lab closed first: that is the end we want

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        """What the lab refuses, or no longer answers, must not leave anybody asleep for ever."""
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._break(error)

    def _settle_later(self) -> None:
        if self._settle is None and self._awake == 0 and self._lab_sleep is None:
            self._settle = self._spawn(self._tell_lab())

    async def _tell_lab(self) -> None:
        """Sleep in the lab's name until the earliest wake-up, then wake whoever is due."""
        try:
            while self._awake == 0 and self._asleep:
                self._lab_sleep = self._asleep[0][0]
                try:
                    answer = await self._request("sleep", until_unix_s=self._lab_sleep)
                finally:
                    self._lab_sleep = None
                self._now = max(self._now, float(answer["now_unix_s"]))
                self._wake_due()
                self._wake_early()
        finally:
            self._settle = None

    def _wake_due(self) -> None:
        while self._asleep and self._asleep[0][0] <= self._now:
            _, _, future = heapq.heappop(self._asleep)
            if not future.done():
                self._awake += 1
                future.set_result(False)

    def _wake_early(self) -> None:
        woken, self._waking = self._waking, []
        for future in woken:
            if not future.done():
                future.set_result(True)

    async def _request(self, op: str, **arguments: object) -> dict[str, Any]:
        if self._broken is not None:
            raise self._broken
        number = next(self._ids)
        answered = self._answers[number] = asyncio.get_running_loop().create_future()
        self._writer.write(json.dumps({"id": number, "op": op, **arguments}).encode() + b"\n")
        answer: dict[str, Any] = await answered
        if not answer.get("ok"):
            raise Garbled(f"the virtual lab refused {op}: {answer.get('error')}")
        return answer

    async def _listen(self) -> None:
        """Hand every answer to whoever asked; a closed connection breaks the clock for everyone."""
        try:
            while line := await self._reader.readline():
                answer = json.loads(line)
                waiting = self._answers.pop(int(answer["id"]), None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(answer)
        except (OSError, ValueError, KeyError, TypeError) as error:
            self._break(Unreachable(f"the virtual lab's clock broke off: {error}"))
        else:
            self._break(Unreachable("the virtual lab closed the clock"))

    def _break(self, error: BaseException) -> None:
        """End every sleep and every question with this error; the first one stands."""
        if self._broken is None:
            self._broken = error
        everyone: list[asyncio.Future[Any]] = [*self._answers.values(), *(entry[2] for entry in self._asleep)]
        for waiting in (*everyone, *self._waking):
            if not waiting.done():
                waiting.set_exception(self._broken)
        self._answers.clear()
        self._asleep.clear()
        self._waking.clear()
