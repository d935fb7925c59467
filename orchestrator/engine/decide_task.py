"""Decisions about a run at an item that no channel executes: a temperature step or a prompt. Pure.

What a temperature step does is decided where its chamber is (:mod:`orchestrator.engine.chambers.decide_chamber`). Here
stand what holds of any such item, and prompts.
"""

from __future__ import annotations

from orchestrator.engine.actions import Action, Advance, Alarm, Ask, ClearAlarms, Explain, Settle, Transition
from orchestrator.engine.view import Seen, TaskView
from orchestrator.run_state import RunState

__all__ = ["decide_task"]


def decide_task(run: TaskView, seen: Seen) -> list[Action]:
    """What to do about one run; nothing is on its channel, so a stop is done at once."""
    if run.desired == "stop":
        settled = [Settle(intent.id, "stopped") for intent in run.intents]
        return [*settled, ClearAlarms(), Transition(RunState.STOPPED, run.stopped_by or "stopped while it waited")]
    if run.state is RunState.QUEUED and run.blocked_by is not None:
        return _explain(run, run.blocked_by)
    if run.look_first is not None:
        if run.state is RunState.WAITING:
            return []  # an operator releases it
        return [Alarm("warning", run.look_first), Transition(RunState.WAITING, run.look_first)]
    if run.state is RunState.QUEUED and seen.usable is not None and seen.usable.state.drives_cell:
        other = seen.usable.tag or "a test of unknown origin"
        reason = f"the channel is busy with {other} ({seen.usable.native_state}); nothing was started"
        return [Alarm("warning", reason), Transition(RunState.FAILED, reason)]
    return [] if run.prompt is None else _prompt(run, run.prompt)


def _prompt(run: TaskView, text: str) -> list[Action]:
    if run.desired == "pause":
        return _explain(run, "paused; resume lets it go on")
    if run.confirmed:
        return [Advance()]
    told = f"{text} (when it is done: `cellbench confirm {run.id}`)"
    if not run.asked or run.state is not RunState.WAITING:
        return [Ask(text), Transition(RunState.WAITING, told)]
    return _explain(run, told)


def _explain(run: TaskView, reason: str) -> list[Action]:
    return [Explain(reason)] if run.reason != reason else []
