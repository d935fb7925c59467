"""What is shown of each chamber."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection

from drivers.contracts import ChamberState
from orchestrator.config import Lab
from orchestrator.store.node_status import instrument_report_ages
from orchestrator.web.bench import notes
from orchestrator.web.bench.quantity import temperature_text
from orchestrator.web.chamber_view import chamber_answers
from orchestrator.web.models.chamber import ChamberAnswer
from orchestrator.web.run_view import SILENT_AFTER_S

__all__ = ["ChamberCard", "look_at_chambers"]


@dataclass(frozen=True, slots=True)
class ChamberCard:
    """One chamber, ready to be shown, as :class:`orchestrator.web.bench.card.Card` is."""

    name: str
    state: str
    attention: bool
    process: str
    set_point: str
    holder: str
    """Who sets its temperature; empty: nobody does."""
    waiting_for: str
    note: str
    detail: str
    benches: str
    runs: int
    observed_unix_s: float | None

    def as_row(self) -> dict[str, Any]:
        """For a page that follows it."""
        return asdict(self)


def look_at_chambers(connection: Connection, lab: Lab, now_unix_s: float) -> list[ChamberCard]:
    """Every chamber of the lab file, in its order."""
    answers = chamber_answers(connection, lab, now_unix_s)
    ages = instrument_report_ages(connection) if answers else {}
    return [_card(answer, ages.get(answer.name, 0.0) > SILENT_AFTER_S) for answer in answers]


def _card(answer: ChamberAnswer, silent: bool) -> ChamberCard:
    note, detail = _note(answer, silent)
    state = ChamberState.UNKNOWN.value if silent else answer.state
    return ChamberCard(
        name=answer.name,
        state=state,
        attention=state in (ChamberState.UNKNOWN, ChamberState.TRIPPED) or bool(answer.alarms),
        process=temperature_text(answer.process_degC),
        set_point=temperature_text(answer.set_point_degC),
        holder=answer.holder or "",
        waiting_for=answer.waiting_for or "",
        note=note,
        detail=detail,
        benches=", ".join(answer.benches),
        runs=len(answer.runs),
        observed_unix_s=answer.seen_unix_s,
    )


def _note(answer: ChamberAnswer, silent: bool) -> tuple[str, str]:
    if answer.seen_unix_s is None:
        return notes.NEVER_SEEN, answer.last_error or ""
    if silent:
        return notes.NODE_SILENT, ""
    if answer.stale:
        return notes.TOO_OLD, answer.last_error or ""
    if answer.alarms:
        return notes.ALARM, "; ".join(answer.alarms)
    return "", ""
