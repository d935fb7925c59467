"""From what a look has read to the newest record of each running test, with what the plan expects of its step."""

from __future__ import annotations

from drivers.contracts import ChannelId
from orchestrator.engine.look import Look
from orchestrator.interlocks.seen import StepSeen

__all__ = ["newest_records"]


def newest_records(seen: Look) -> dict[ChannelId, StepSeen]:
    """By channel; without those of which more is to be read: what lies behind says nothing of now."""
    found = {}
    for run, batch in seen.batches:
        status = seen.statuses.get(run.channel)
        segment = run.view.segment
        if not len(batch) or segment.id in seen.left or status is None or status.test_id != segment.test_id:
            continue
        expected = run.facts.expected.get(run.item, {}).get(int(batch.columns["step"][-1]))
        if expected is not None:
            found[run.channel] = StepSeen(
                expected,
                float(batch.columns["step_time_s"][-1]),
                float(batch.columns["step_capacity_Ah"][-1]),
                float(batch.columns["current_A"][-1]),
            )
    return found
