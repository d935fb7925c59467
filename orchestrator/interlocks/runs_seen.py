"""What a look shows of the runs on an instrument: the newest record of each, its limits, and which are stopped."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.contracts import Batch, ChannelId
from orchestrator.engine.known import ActiveRun
from orchestrator.engine.look import Look
from orchestrator.interlocks.seen import RunSeen, StepSeen
from orchestrator.run_state import RunState

__all__ = ["runs_seen"]


def runs_seen(runs: Iterable[ActiveRun], seen: Look | None) -> dict[ChannelId, RunSeen]:
    """By channel, of those whose test is there. ``seen`` None: nothing was."""
    if seen is None:
        return {}
    batches = {run.view.id: batch for run, batch in seen.batches}  # the last of each
    found = {}
    for run in runs:
        status = seen.statuses.get(run.channel)
        test_id = run.view.segment.test_id
        if status is not None and test_id is not None and status.test_id == test_id:
            limits = run.facts.temperatures_degC.get(run.item)
            found[run.channel] = RunSeen(
                _newest(run, batches.get(run.view.id), seen),
                run.view.state is RunState.STOPPING,
                limits.at(status.step) if limits is not None else None,
            )
    return found


def _newest(run: ActiveRun, batch: Batch | None, seen: Look) -> StepSeen | None:
    """None where more is to be read: what lies behind says nothing of now."""
    if batch is None or not len(batch) or run.view.segment.id in seen.left:
        return None
    expected = run.facts.expected.get(run.item, {}).get(int(batch.columns["step"][-1]))
    if expected is None:
        return None
    return StepSeen(
        expected,
        float(batch.columns["step_time_s"][-1]),
        float(batch.columns["step_capacity_Ah"][-1]),
        float(batch.columns["current_A"][-1]),
    )
