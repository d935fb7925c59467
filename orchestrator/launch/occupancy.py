"""Who has a channel, or a cell, as the database knows it."""

from __future__ import annotations

from sqlalchemy import Connection, select

from drivers.contracts import ChannelState
from orchestrator.launch.refusal import LaunchHeldUp, LaunchRefused
from orchestrator.launch.target import Target
from orchestrator.run_state import TERMINAL
from orchestrator.store.queue_order import queue_position
from orchestrator.store.tables import channels, instruments, latest, runs

__all__ = ["refuse_absent_channel", "refuse_busy_cell", "refuse_silent_instrument", "run_ahead"]

_OVER = tuple(state.value for state in TERMINAL)
_SHOWN = 6


def refuse_absent_channel(connection: Connection, target: Target) -> None:
    """Raises LaunchRefused where the instrument has told its channels and this is none of them."""
    query = select(channels.c.channel).where(channels.c.instrument == target.instrument.name)
    known = sorted(connection.execute(query).scalars())
    if known and target.channel not in known:
        shown = ", ".join(known[:_SHOWN]) + (", …" if len(known) > _SHOWN else "")
        raise LaunchRefused(f"{target}: the instrument has no such channel; it has {shown}")


def refuse_silent_instrument(connection: Connection, target: Target) -> None:
    """Raises LaunchHeldUp where a node has looked and the instrument did not answer.

    A node that has not looked yet is no reason: the run waits for it.
    """
    name = target.instrument.name
    query = select(instruments.c.connected, instruments.c.last_error).where(instruments.c.name == name)
    seen = connection.execute(query).one_or_none()
    if seen is not None and not seen.connected and seen.last_error:
        raise LaunchHeldUp(f"{name} does not answer: {seen.last_error} Launch again when it does")


def refuse_busy_cell(connection: Connection, cell_id: str, target: Target) -> None:
    """Raises LaunchHeldUp where a run that has not ended holds the cell at another place."""
    query = select(runs.c.id, runs.c.instrument, runs.c.channel, runs.c.state).where(
        runs.c.cell_id == cell_id, runs.c.state.not_in(_OVER)
    )
    here = (target.instrument.name, target.channel)
    for run in connection.execute(query):
        if (run.instrument, run.channel) != here:
            where = f"{run.instrument}/{run.channel}"
            raise LaunchHeldUp(f"cell {cell_id} is in run {run.id} ({run.state}) at {where}; a cell is in one place")


def run_ahead(connection: Connection, cell_id: str, target: Target) -> int | None:
    """The last run of ours in the queue of the channel, None where the channel is free.

    Raises LaunchHeldUp where that run is of another cell (which would still be there when this one starts), where
    somebody else's test is there, or one of ours that we no longer follow.
    """
    here = (runs.c.instrument == target.instrument.name, runs.c.channel == target.channel)
    active = select(runs.c.id, runs.c.cell_id).where(*here, runs.c.state.not_in(_OVER))
    last_first = (column.desc() for column in queue_position())
    ahead = connection.execute(active.order_by(*last_first).limit(1)).one_or_none()
    if ahead is None:
        _refuse_foreign_test(connection, target)
        return None
    if ahead.cell_id != cell_id:
        there = f"{target} has cell {ahead.cell_id} in run {ahead.id}"
        raise LaunchHeldUp(f"{there}; launch {cell_id} there when that cell has been taken out")
    return int(ahead.id)


def _refuse_foreign_test(connection: Connection, target: Target) -> None:
    query = select(latest).where(latest.c.instrument == target.instrument.name, latest.c.channel == target.channel)
    seen = connection.execute(query).one_or_none()
    if seen is None or seen.state not in (ChannelState.RUNNING, ChannelState.PAUSED):
        return
    what = f"test {seen.tag or seen.test_id or 'without a name'}"
    if seen.run_id is not None:
        what = f"run {seen.run_id}, which is over for us,"
    raise LaunchHeldUp(f"{target} is occupied: {what} is there ({seen.native_state}); stop it, or take another channel")
