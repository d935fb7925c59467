"""Carrying out what ``decide`` asked for: intent, action, outcome.

Before an action that changes the world its intent is committed; when it cannot be, the action is not taken. A stop is
the exception: it is sent first and written down as soon as the database takes it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import sqlalchemy as sa

from drivers.contracts import Cycler, EndsAtCycle, Translation
from drivers.crash_point import reached
from drivers.errors import DriverError, Refused, Unreachable, Unsafe
from orchestrator.clock import Clock
from orchestrator.crash_points import Point
from orchestrator.engine import run_changes as changes
from orchestrator.engine.actions import Action, EndAtCycle, Pause, Resume, Start, Stop
from orchestrator.engine.known import ActiveRun, ActiveTask
from orchestrator.engine.lease import claimed
from orchestrator.engine.plan_facts import read_step_map
from orchestrator.engine.transition_points import before_writing, written
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.engine.writer import Writer
from orchestrator.store.tables import segments
from orchestrator.store.transactions import reading

__all__ = ["Performer"]

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Performer:
    """Acts on one instrument for the runs on it."""

    instrument: str
    cycler: Cycler
    worker: InstrumentWorker
    writer: Writer
    database: sa.Engine
    clock: Clock
    epoch: int
    nobody_there: Callable[[str], None]
    """Told when an order found the instrument unreachable: what was seen of it no longer holds."""

    async def stop(self, run: ActiveRun) -> str | None:
        """Send a stop at once; what the driver said against it, else None. ``carry_out`` writes it down."""
        reached(Point.STOP_DECIDED)
        failure = await self._send(lambda: self.cycler.stop(run.channel))
        reached(Point.STOP_SENT)
        return failure

    async def carry_out(
        self, run: ActiveRun | ActiveTask, actions: Sequence[Action], stop_failure: str | None = None
    ) -> None:
        """Do these in order; a Stop has been sent by :meth:`stop`, except one that is recorded first.

        Raises StoreUnavailable: the rest was not done and will be asked for again.
        """
        before_writing(actions)
        if isinstance(run, ActiveTask):  # nothing of it is on its channel
            now = self.clock.now()
            await self._write([changes.change_for(run, action, self.instrument, now) for action in actions])
        else:
            await self._carry_out(run, actions, stop_failure)
        written(actions)

    async def _carry_out(self, run: ActiveRun, actions: Sequence[Action], stop_failure: str | None) -> None:
        pending: list[changes.Change] = []
        for action in actions:
            match action:
                case Start():
                    await self._write(pending)
                    await self._start(run, action)
                case Stop(recorded=True):
                    await self._order(run, pending, "stop", lambda: self.cycler.stop(run.channel))
                case Stop():
                    pending += self._stopped(run, stop_failure)
                case Pause():
                    await self._order(run, pending, "pause", lambda: self.cycler.pause(run.channel))
                case Resume():
                    await self._order(run, pending, "resume", lambda: self.cycler.resume(run.channel))
                case EndAtCycle(cycle, step):
                    reserve = partial(self._reserve, run, cycle, step)
                    await self._order(run, pending, "end_at_cycle", reserve, detail=str(cycle))
                case _:
                    pending.append(changes.change_for(run, action, self.instrument, self.clock.now()))
        await self._write(pending)

    async def _write(self, pending: list[changes.Change]) -> None:
        """Commit what has gathered, in one transaction."""
        if pending:
            todo = tuple(pending)
            pending.clear()
            await self.writer.write(self._ours(lambda connection: [change(connection) for change in todo]))

    def _ours(self, change: Callable[[sa.Connection], T]) -> Callable[[sa.Connection], T]:
        """Nothing of it is written, and nothing sent after it, where somebody else drives the instrument now."""
        return claimed(self.instrument, self.epoch, change)

    async def _start(self, run: ActiveRun, action: Start) -> None:
        segment = run.view.segment
        with reading(self.database) as connection:
            row = connection.execute(
                sa.select(segments.c.content, segments.c.media_type, segments.c.step_map).where(
                    segments.c.id == segment.id
                )
            ).one()
        translation = Translation(row.content, row.media_type, read_step_map(row.step_map))
        now = self.clock.now()
        reached(Point.START_DECIDED)
        intent = await self.writer.write(self._ours(changes.starting(run, self.epoch, action.test_id_before, now)))
        reached(Point.START_INTENDED)
        try:
            await self.worker.call(self.cycler.start, run.channel, translation, segment.tag)
            reached(Point.START_SENT)
        except (Refused, Unsafe) as error:
            await self.writer.write(changes.start_refused(run, intent, str(error), self.clock.now()))
        except DriverError as error:
            if isinstance(error, Unreachable):
                self.nobody_there(str(error))
            if isinstance(error, Unreachable) and not error.sent:
                await self.writer.write(changes.start_not_sent(run, intent, str(error), self.clock.now()))
            else:  # it may have arrived: the intent stays open and is settled by looking
                _LOG.warning("run %s: the answer to start is missing: %s", run.view.id, error)

    def _stopped(self, run: ActiveRun, failure: str | None) -> list[changes.Change]:
        now = self.clock.now()
        written: list[changes.Change] = [changes.open_intent(run, "stop", self.epoch, now, detail=failure)]
        if failure is not None:
            written.append(changes.note(run, self.instrument, f"stop: {failure}", now))
        return written

    async def _order(
        self,
        run: ActiveRun,
        pending: list[changes.Change],
        action: str,
        order: Callable[[], None],
        *,
        detail: str | None = None,
    ) -> None:
        pending.append(changes.open_intent(run, action, self.epoch, self.clock.now(), detail=detail))
        await self._write(pending)
        reached(Point.ORDER_INTENDED)
        failure = await self._send(order)
        reached(Point.ORDER_SENT)
        if failure is not None:
            pending.append(changes.note(run, self.instrument, f"{action}: {failure}", self.clock.now()))

    async def _send(self, order: Callable[[], None]) -> str | None:
        """Send an order; what the driver said against it, else None. Whether it worked is seen by looking."""
        try:
            await self.worker.call(order)
        except DriverError as error:
            if isinstance(error, Unreachable):
                self.nobody_there(str(error))
            return str(error)
        return None

    def _reserve(self, run: ActiveRun, cycle: int, step: int) -> None:
        if not isinstance(self.cycler, EndsAtCycle):
            raise Refused(f"{self.instrument} cannot end a test at a cycle's boundary")
        self.cycler.pause_before_cycle(run.channel, cycle, step)

    async def stop_untracked(self, channel: str) -> bool:
        """Send a stop without any bookkeeping (the STOP file). Returns True when the instrument took it."""
        failure = await self._send(lambda: self.cycler.stop(channel))
        if failure is not None:
            _LOG.error("stop of %s/%s: %s", self.instrument, channel, failure)
        return failure is None
