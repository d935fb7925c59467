"""What can be kept aside, and what each kind of entry writes once the database is back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection

from orchestrator.config import Lab
from orchestrator.interlocks.built_in import all_rules
from orchestrator.interlocks.evaluate import Over, Trip
from orchestrator.interlocks.rule import Place
from orchestrator.interlocks.trip_changes import ended, tripped
from orchestrator.interlocks.watch import Found
from orchestrator.spool.spool import Apply
from orchestrator.store.chamber_records import ChamberRecord, insert_chamber_records
from orchestrator.store.errors import StoreError
from orchestrator.store.events import append_event

__all__ = ["CHAMBER_RECORD", "STOP_SENT", "applied", "found_entry"]

CHAMBER_RECORD = "chamber_record"
"""Fields of a ChamberRecord."""
STOP_SENT = "stop_sent"
"""Fields of ``append_event``, but for actor and kind."""
_TRIP = "trip"
_OVER = "over"


def found_entry(found: Found) -> tuple[str, dict[str, Any]]:
    """Kind and facts of what the interlocks have found."""
    news = found.news
    if isinstance(news, Over):
        return _OVER, {"key": list(news.key), "unix_s": found.unix_s}
    place = None if news.place is None else asdict(news.place)
    facts = {"rule": str(news.rule), "name": news.name, "message": news.message, "place": place}
    return _TRIP, {**facts, "unix_s": found.unix_s}


def applied(lab: Lab) -> dict[str, Apply]:
    """For each kind, what an entry writes."""
    rules = {str(rule): rule for rule in all_rules(lab)}

    def trip(connection: Connection, facts: Mapping[str, Any]) -> None:
        rule = rules.get(facts["rule"])
        if rule is None:
            raise StoreError("its rule is not in the lab file any more")
        place = Place(**facts["place"]) if facts["place"] is not None else None
        tripped(connection, lab, Trip(rule, facts["name"], facts["message"], 0.0, place), facts["unix_s"])

    return {CHAMBER_RECORD: _chamber_record, STOP_SENT: _stop_sent, _TRIP: trip, _OVER: _over}


def _chamber_record(connection: Connection, facts: Mapping[str, Any]) -> None:
    insert_chamber_records(connection, [ChamberRecord(**facts)])


def _stop_sent(connection: Connection, facts: Mapping[str, Any]) -> None:
    append_event(connection, actor="engine", kind="stop", **facts)


def _over(connection: Connection, facts: Mapping[str, Any]) -> None:
    rule, subject = facts["key"]
    ended(connection, Over((rule, subject)), facts["unix_s"])
