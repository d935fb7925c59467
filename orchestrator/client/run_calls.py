"""Runs: launch, orders, notes, and the queue."""

from __future__ import annotations

from typing import Literal

from orchestrator.client.connection import Connection
from orchestrator.web.models.log import EventAnswer
from orchestrator.web.models.page import Page
from orchestrator.web.models.plots import NewNote
from orchestrator.web.models.queue import MoveAnswer, MoveOrder, QueueAnswer
from orchestrator.web.models.run import LaunchAnswer, LaunchRequest, Order, OrderAnswer, RunAnswer, RunDetail

__all__ = ["RunCalls"]


class RunCalls(Connection):
    """Runs, until they have ended."""

    def launch(self, request: LaunchRequest) -> LaunchAnswer:
        """Launch a protocol on cells: all of them, or none."""
        return self.send("POST", LaunchAnswer, "runs", request)

    def runs(
        self,
        *,
        state: str | None = None,
        cell: str | None = None,
        protocol: str | None = None,
        instrument: str | None = None,
        active: bool | None = None,
        limit: int = 50,
        offset: int = 0,
    ) -> Page[RunAnswer]:
        """Runs, newest first."""
        which = {"state": state, "cell": cell, "protocol": protocol, "instrument": instrument, "active": active}
        return self.get(Page[RunAnswer], "runs", {**which, "limit": limit, "offset": offset})

    def run(self, run_id: int) -> RunDetail:
        """One run with its plan and progress."""
        return self.get(RunDetail, f"runs/{run_id}")

    def order(self, run_id: int, what: Literal["pause", "resume", "stop", "confirm"], order: Order) -> OrderAnswer:
        """Pause, resume, stop a run, or confirm what it asked (with a ``Confirmation``); the node carries it out."""
        return self.send("POST", OrderAnswer, f"runs/{run_id}/{what}", order)

    def stop_all(self, order: Order) -> list[OrderAnswer]:
        """Stop every run that has not ended."""
        return self.send("POST", list[OrderAnswer], "stop-all", order)

    def queue(self) -> QueueAnswer:
        """What runs and waits on every channel, in order, and what people are asked to do."""
        return self.get(QueueAnswer, "queue")

    def move_run(self, run_id: int, order: MoveOrder) -> MoveAnswer:
        """Give a run that has not begun another place in the queue of its channel."""
        return self.send("POST", MoveAnswer, f"runs/{run_id}/move", order)

    def add_note(self, run_id: int, note: NewNote) -> EventAnswer:
        """Write one line about a run into the event log."""
        return self.send("POST", EventAnswer, f"runs/{run_id}/notes", note)
