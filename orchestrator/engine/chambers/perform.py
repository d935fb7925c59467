"""Carrying out what ``decide_chamber`` asked for: intent, set point, note; and what becomes of the runs, together."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from drivers.contracts import Chamber
from drivers.crash_point import reached
from drivers.errors import DriverError, Unsafe
from orchestrator.clock import Clock
from orchestrator.crash_points import Point
from orchestrator.engine.chambers import actions as act
from orchestrator.engine.chambers import changes
from orchestrator.engine.chambers.member import Member
from orchestrator.engine.lease import claimed
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.engine.transition_points import before_writing, written
from orchestrator.engine.worker import InstrumentWorker
from orchestrator.engine.writer import Writer

__all__ = ["ChamberPerformer"]

_LOG = logging.getLogger(__name__)


@dataclass
class ChamberPerformer:
    """Acts on one chamber, and on the runs in it."""

    name: str
    chamber: Chamber
    worker: InstrumentWorker
    writer: Writer
    clock: Clock
    epoch: int
    plans: PlanCache
    trouble: str = ""
    """Why the chamber did not take the latest set point; it is offered again at the next look."""

    async def carry_out(self, actions: Sequence[act.ChamberAction], members: Mapping[int, Member]) -> None:
        """Do these in order. What is only written is written in one transaction: all runs of a barrier go on, or none.

        Raises StoreUnavailable and StoreError: the rest was not done and will be asked for again.
        """
        before_writing(actions)
        pending: list[changes.Change] = []
        for action in actions:
            now = self.clock.now()
            match action:
                case act.SetPoint():
                    await self._write(pending)
                    await self._set_point(action, [members[run_id] for run_id in action.run_ids])
                case act.Confirmed(target_degC):
                    words = f"the set point {target_degC:g} °C, ordered before, has arrived"
                    pending.append(changes.taken(self.name, target_degC, words, now))
                case act.ChamberAlarm() | act.ClearChamberAlarm():
                    pending.append(changes.alarm_change(self.name, action, now))
                case _:
                    pending.append(changes.member_change(action, members[action.run_id], self.plans, now))
        await self._write(pending)
        written(actions)

    async def _write(self, pending: list[changes.Change]) -> None:
        if pending:
            todo = tuple(pending)
            pending.clear()
            await self.writer.write(lambda connection: [change(connection) for change in todo])

    async def _set_point(self, action: act.SetPoint, members: Sequence[Member]) -> None:
        reached(Point.TEMPERATURE_DECIDED)
        await self.writer.write(claimed(self.name, self.epoch, changes.asking(members, self.epoch, self.clock.now())))
        reached(Point.TEMPERATURE_INTENDED)
        try:
            await self.worker.call(self.chamber.set_temperature, action.target_degC, action.ramp_K_per_min)
            reached(Point.TEMPERATURE_SENT)
        except DriverError as error:
            if str(error) != self.trouble:
                _LOG.warning("%s: set point %g degC: %s", self.name, action.target_degC, error)
            self.trouble = str(error)
            if isinstance(error, Unsafe):  # it will never be taken
                await self._give_up(members, str(error))
            return
        self.trouble = ""
        await self.writer.write(changes.taken(self.name, action.target_degC, _words(action), self.clock.now()))
        reached(Point.TEMPERATURE_TAKEN)

    async def _give_up(self, members: Sequence[Member], reason: str) -> None:
        """Fail the runs; their intents are theirs since a moment ago, so they are settled where they are found."""
        now = self.clock.now()
        todo = [changes.refused_for(member.run_id, reason, now) for member in members]
        await self.writer.write(lambda connection: [change(connection) for change in todo])


def _words(action: act.SetPoint) -> str:
    ramp = "" if action.ramp_K_per_min is None else f", ramp {action.ramp_K_per_min:g} K/min"
    whom = ", ".join(str(run_id) for run_id in action.run_ids)
    return f"set point {action.target_degC:g} °C{ramp}, " + (f"for run {whom}" if whom else "parked")
