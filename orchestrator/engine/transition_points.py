"""The crash points on both sides of the transaction in which actions are written down."""

from __future__ import annotations

from collections.abc import Iterable

from drivers.crash_point import reached
from orchestrator.crash_points import Point
from orchestrator.engine import actions as act
from orchestrator.engine.chambers import actions as chamber_act
from orchestrator.run_state import RunState

__all__ = ["before_writing", "written"]


def before_writing(actions: Iterable[object]) -> None:
    """They are decided, and perhaps carried out; nothing of them is written."""
    _pass_by(actions, 0)


def written(actions: Iterable[object]) -> None:
    """They are committed; nobody has acted on them."""
    _pass_by(actions, 1)


def _pass_by(actions: Iterable[object], side: int) -> None:
    for action in actions:
        points = _around(action)
        if points is not None:
            point = points[side]
            if point is not None:
                reached(point)


def _around(action: object) -> tuple[Point | None, Point | None] | None:
    """Return the points before and behind the commit."""
    match action:
        case act.Recognise():
            return Point.TEST_SEEN, Point.TEST_RECOGNISED
        case act.NewAttempt():
            return None, Point.ATTEMPT_FAILED
        case act.FinishSegment(go_on=True):
            return Point.SEGMENT_ENDED, Point.SEGMENT_FINISHED
        case act.Transition(state=RunState.COMPLETED):
            return Point.RUN_ENDED, Point.RUN_COMPLETED
        case act.Transition(state=RunState.STOPPING):
            return None, Point.STOP_WRITTEN
        case act.Transition(state=RunState.STOPPED):
            return None, Point.STOP_VERIFIED
        case act.Ask():
            return Point.PROMPT_DECIDED, Point.PROMPT_RAISED
        case act.Advance():
            return None, Point.PROMPT_PASSED
        case chamber_act.GoOn():
            return Point.BARRIER_DECIDED, Point.BARRIER_PASSED
        case _:
            return None
