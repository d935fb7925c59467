"""Asking for drawings: one child process at a time, an answer kept as long as what it shows is the newest."""

from __future__ import annotations

import asyncio
import pickle
import sys
from collections import OrderedDict
from http import HTTPStatus

from orchestrator.web.drawing.job import DrawingJob, Picture
from orchestrator.web.refusal import WebRefused

__all__ = ["Drawings"]

_GIVEN_UP_AFTER_S = 180.0
_WAITING_MAX = 8
_KEPT_BYTES = 48_000_000
Answer = str | list[Picture]
_Key = tuple[str, str, str, tuple[int, ...], str]


class _Busy(WebRefused):
    status = HTTPStatus.SERVICE_UNAVAILABLE


class Drawings:
    """For one web process. A figure that two pages ask for is drawn once."""

    def __init__(self) -> None:
        self._one = asyncio.Semaphore(1)
        self._under_way: dict[_Key, asyncio.Task[Answer]] = {}
        self._kept: OrderedDict[_Key, tuple[Answer, int]] = OrderedDict()

    async def ask(self, job: DrawingJob, version: str) -> Answer:
        """The answer for this version of what the runs hold. Raises WebRefused: too many wait, or it failed."""
        key = (job.what, job.language, job.title, job.run_ids, version)
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key][0]
        task = self._under_way.get(key)
        if task is None:
            if len(self._under_way) >= _WAITING_MAX:
                raise _Busy(f"{_WAITING_MAX} drawings are under way; try again in a minute")
            task = self._under_way[key] = asyncio.create_task(self._draw(job))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        answer, size = await asyncio.shield(task), 0
        size = len(answer) if isinstance(answer, str) else sum(len(one.svg) for one in answer)
        self._keep(key, answer, size)
        return answer

    def _keep(self, key: _Key, answer: Answer, size: int) -> None:
        self._kept[key] = (answer, size)
        while len(self._kept) > 1 and sum(one for _, one in self._kept.values()) > _KEPT_BYTES:
            self._kept.popitem(last=False)

    async def _draw(self, job: DrawingJob) -> Answer:
        async with self._one:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "orchestrator.web.drawing.child"),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
            )
            try:
                told, complaint = await asyncio.wait_for(process.communicate(pickle.dumps(job)), _GIVEN_UP_AFTER_S)
            except TimeoutError:
                raise _Busy(f"drawing took longer than {_GIVEN_UP_AFTER_S:g} s and was given up") from None
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
        if process.returncode != 0:
            last = complaint.decode(errors="replace").strip().splitlines()[-1:]
            raise _Busy(f"{job.title} could not be drawn: {''.join(last) or 'the process ended'}")
        answer: Answer = pickle.loads(told)  # noqa: S301 - from the process that was started here
        return answer
