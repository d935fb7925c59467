"""Stored plans, read once: a plan never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from orchestrator.web.timeline import Timeline, timeline_of
from protocols.plan import Plan
from protocols.storage import load_plan

__all__ = ["KnownPlan", "PlanCache"]


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A plan and what is reckoned from it."""

    plan: Plan
    timeline: Timeline


class PlanCache:
    """The plans that were asked for last, by run; for several threads."""

    def __init__(self, size: int = 256) -> None:
        self._size = size
        self._known: OrderedDict[int, KnownPlan] = OrderedDict()
        self._lock = Lock()

    def of(self, run_id: int, stored: Mapping[str, Any]) -> KnownPlan:
        """The plan of a run, from its stored form the first time."""
        with self._lock:
            known = self._known.get(run_id)
            if known is not None:
                self._known.move_to_end(run_id)
                return known
        plan = load_plan(stored)
        known = KnownPlan(plan, timeline_of(plan))
        with self._lock:
            self._known[run_id] = known
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return known
