"""What the engine writes about records that are missing, or that cannot be read or stored."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from drivers.contracts import LOST, Batch
from orchestrator.engine.known import ActiveRun
from orchestrator.engine.run_changes import Change
from orchestrator.store.alarms import clear_alarms, raise_alarm
from orchestrator.store.events import GAP_EVENT, append_event
from orchestrator.store.tables import events

__all__ = ["Unreadable", "missing", "remarked"]

Failed = Sequence[tuple[ActiveRun, str]]
"""Runs, and what went wrong with their records."""
_TIMES_MAX = 3
"""It counts as lasting after so many looks in a row: an exchange that fails now and then needs nobody."""


def remarked(instrument: str, remarks: Sequence[tuple[ActiveRun, str]], now: float) -> Iterator[Change]:
    """What drivers remarked on the data: each line once in a run's log. Lost records also raise an alarm that stays.

    They are written before the records are: the cursor that moves with these would never let them be told again.
    """
    for run, remark in remarks:
        lost = remark.startswith(LOST)
        yield _once(run, instrument, remark, GAP_EVENT if lost else "note", now)
        if lost:
            yield _alarm(f"records of run {run.view.id}", remark, now)


def missing(batches: Sequence[tuple[ActiveRun, Batch]], now: float) -> Iterator[Change]:
    """An alarm that stays, where record numbers are passed over for good."""
    last: dict[int, int] = {}
    for run, batch in batches:
        if not len(batch):
            continue
        seq = batch.columns["seq"]
        before = last.get(run.view.segment.id, run.view.segment.stored)
        last[run.view.segment.id] = int(seq[-1])
        lacking = int(seq[-1]) - before - len(seq)
        if lacking > 0:
            message = (
                f"{lacking} records between {before + 1} and {int(seq[-1])} are missing in what the instrument gave"
            )
            yield _alarm(f"records of run {run.view.id}", message, now)


@dataclass
class Unreadable:
    """Which runs' records cannot be read or stored; forgotten with the process, and found again by trying."""

    _times: dict[int, tuple[int, str]] = field(default_factory=dict)
    _clear: set[int] = field(default_factory=set)

    def reason(self, run_id: int) -> str | None:
        """Why, where it lasts."""
        times, reason = self._times.get(run_id, (0, ""))
        return reason if times >= _TIMES_MAX else None

    def take(self, read: Collection[int], failed: Failed, refused: Failed, now: float) -> Iterator[Change]:
        """Take in one look: the runs of which something was read, and what went wrong in reading and in storing.

        What the store refuses is told at once, what cannot be read once it lasts: by one alarm, whatever is tried then.
        """
        wrong = {run.view.id: reason for run, reason in (*failed, *refused)}
        at_once = {run.view.id for run, _ in refused}
        for run_id in read:
            if run_id not in wrong:
                self._times.pop(run_id, None)
                if run_id not in self._clear:  # also what an earlier process has raised
                    self._clear.add(run_id)
                    yield _all_well(_source(run_id), now)
        for run_id, reason in wrong.items():
            times = self._times.get(run_id, (0, ""))[0] + 1
            self._times[run_id] = (times, reason)
            self._clear.discard(run_id)
            if run_id in at_once or times == _TIMES_MAX:
                yield _alarm(_source(run_id), reason, now)


def _once(run: ActiveRun, instrument: str, message: str, kind: str, now: float) -> Change:
    same = sa.select(events.c.id).where(
        events.c.run_id == run.view.id, events.c.kind == kind, events.c.message == message
    )

    def change(connection: sa.Connection) -> None:
        if connection.execute(same.limit(1)).first() is None:
            append_event(
                connection,
                now=now,
                actor="engine",
                kind=kind,
                message=message,
                run_id=run.view.id,
                instrument=instrument,
                channel=run.channel,
            )

    return change


def _source(run_id: int) -> str:
    return f"reading of run {run_id}"


def _alarm(source: str, message: str, now: float) -> Change:
    def change(connection: sa.Connection) -> None:
        raise_alarm(connection, source=source, severity="warning", message=message, now=now)

    return change


def _all_well(source: str, now: float) -> Change:
    return lambda connection: clear_alarms(connection, source=source, now=now)
