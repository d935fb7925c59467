"""Stored plans, read once: a plan never changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from orchestrator.web.timeline import Timeline, timeline_of
from protocols.plan import Plan
from protocols.storage import load_plan

__all__ = ["KnownPlan", "PlanCache"]

_PLANS_MAX = 2_000
"""The start page shows all runs there are at a time, once a second: those of a lab of 1,000 channels stay known."""


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A plan and what is reckoned from it."""

    plan: Plan
    timeline: Timeline

    @property
    def cycles_total(self) -> int:
        """Expected of the whole plan; 0: it counts none."""
        return self.timeline.cycles if self.plan.estimate.cycles else 0


class PlanCache:
    """The plans that were asked for last, by run; for several threads."""

    def __init__(self, size: int = _PLANS_MAX) -> None:
        self._size = size
        self._known: OrderedDict[int, KnownPlan] = OrderedDict()
        self._lock = Lock()
        self.reading = Lock()
        """Held by who reads many: pages that are opened at the same moment do not each read all of them."""

    def known(self, run_ids: Iterable[int]) -> dict[int, KnownPlan]:
        """Plans of these runs, of those that have been asked for before."""
        found = {run_id: self.find(run_id) for run_id in run_ids}
        return {run_id: plan for run_id, plan in found.items() if plan is not None}

    def find(self, run_id: int) -> KnownPlan | None:
        """The plan of a run where it has been asked for before: its stored form need not be read."""
        with self._lock:
            known = self._known.get(run_id)
            if known is not None:
                self._known.move_to_end(run_id)
            return known

    def of(self, run_id: int, stored: Mapping[str, Any]) -> KnownPlan:
        """The plan of a run, from its stored form the first time."""
        known = self.find(run_id)
        if known is not None:
            return known
        plan = load_plan(stored)
        known = KnownPlan(plan, timeline_of(plan))
        with self._lock:
            self._known[run_id] = known
            while len(self._known) > self._size:
                self._known.popitem(last=False)
        return known
