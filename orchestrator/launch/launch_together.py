"""Several cells in one launch: all of them or none, and a batch for each chamber whose temperature they change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from drivers.contracts import Cycler
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.engine.chambers.turn import ChamberTurns
from orchestrator.engine.plan_cache import PlanCache
from orchestrator.launch.launch import launch
from orchestrator.launch.refusal import LaunchHeldUp, LaunchRefused
from orchestrator.launch.request import LaunchedRun, LaunchRequest
from orchestrator.store.batches import insert_batch
from protocols.errors import ProtocolErrors
from protocols.plan import SetTemperature

__all__ = ["launch_together"]


def launch_together(
    connection: Connection,
    lab: Lab,
    cycler_for: Callable[[InstrumentPlace], Cycler],
    requests: Sequence[LaunchRequest],
    now_unix_s: float,
    actor: str,
) -> list[LaunchedRun]:
    """Launch all of them; the caller commits. Raises LaunchRefused with the problems of all: then nothing may stay.

    It is LaunchHeldUp where all of them are of the present moment.
    """
    launched: list[LaunchedRun] = []
    problems: list[str] = []
    held_up = True
    for request in requests:
        try:
            launched.append(launch(connection, lab, cycler_for, request, now_unix_s, actor))
        except ProtocolErrors as error:
            problems += [str(problem) for problem in error.errors]
            held_up = False
        except LaunchRefused as error:
            problems += error.problems
            held_up = held_up and isinstance(error, LaunchHeldUp)
    if problems:
        raise (LaunchHeldUp if held_up else LaunchRefused)(dict.fromkeys(problems))
    return _waiting(connection, _batched(connection, launched, now_unix_s))


def _batched(connection: Connection, launched: Sequence[LaunchedRun], now_unix_s: float) -> list[LaunchedRun]:
    """Bind together what changes the temperature of one chamber alike; one run alone is no batch."""
    together: dict[tuple[str, tuple[SetTemperature, ...]], list[int]] = {}
    for run in launched:
        steps = tuple(replace(item, line=0) for item in run.plan.items if isinstance(item, SetTemperature))
        if run.target.chamber is not None and steps:
            together.setdefault((run.target.chamber, steps), []).append(run.run_id)
    batch_of: dict[int, int] = {}
    for (chamber, _), run_ids in together.items():
        if len(run_ids) > 1:
            batch_of |= dict.fromkeys(run_ids, insert_batch(connection, chamber, run_ids, now=now_unix_s))
    return [replace(run, batch_id=batch_of.get(run.run_id)) for run in launched]


def _waiting(connection: Connection, launched: Sequence[LaunchedRun]) -> list[LaunchedRun]:
    """Each with those who have its chamber first."""
    turns = ChamberTurns(connection, PlanCache())
    return [
        run if run.target.chamber is None else replace(run, waits=turns.blocked_by(run.target.chamber, run.run_id))
        for run in launched
    ]
