"""The history of alarms: filters that stand in the address, and pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from orchestrator.store.alarm_history import AlarmFilter, count_alarms, read_alarms
from orchestrator.web.models.fields import PrintableText
from orchestrator.web.pages.alarms.views import AlarmView, alarm_views

__all__ = ["HistoryPage", "Wanted", "history_page"]

PAGE_SIZE = 50
_PAGES_MAX = 10_000
_FIRST, _LAST = date(1971, 1, 1), date(9000, 1, 1)


class Wanted(BaseModel):
    """What stands in the address of the page; empty: whatever it is."""

    model_config = ConfigDict(frozen=True)

    severity: Literal["", "warning", "critical"] = ""
    state: Literal["", "open", "over", "unacknowledged"] = ""
    text: PrintableText = ""
    first: date | Literal[""] = Field("", description="First day.")
    last: date | Literal[""] = Field("", description="Last day.")
    page: int = Field(1, ge=1, le=_PAGES_MAX)

    def filter(self) -> AlarmFilter:
        """For the store; days are those of the service's zone."""
        return AlarmFilter(
            severity=self.severity or None,
            state=self.state or None,
            text=self.text or None,
            since_unix_s=_midnight_unix_s(self.first) if self.first else None,
            before_unix_s=_midnight_unix_s(self.last, days=1) if self.last else None,
        )

    def path(self, page: int) -> str:
        """The address of another page of the same."""
        named = {"severity": self.severity, "state": self.state, "text": self.text, "first": self.first}
        query = {name: str(value) for name, value in {**named, "last": self.last}.items() if value}
        return f"/alarms?{urlencode({**query, 'page': page})}#history"


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """One page of the history."""

    wanted: Wanted
    rows: list[AlarmView]
    total: int

    @property
    def pages(self) -> int:
        """How many there are."""
        return max(-(-self.total // PAGE_SIZE), 1)


def history_page(connection: Connection, wanted: Wanted) -> HistoryPage:
    """The page that is asked for."""
    condition = wanted.filter()
    found = read_alarms(connection, condition, PAGE_SIZE, (wanted.page - 1) * PAGE_SIZE)
    return HistoryPage(wanted, alarm_views(connection, found), count_alarms(connection, condition))


def _midnight_unix_s(day: date, days: int = 0) -> float:
    """Of a day, or so many later; no alarm is older or newer than what the system's calendar holds."""
    near = min(max(day, _FIRST), _LAST) + timedelta(days=days)
    return datetime(near.year, near.month, near.day).astimezone().timestamp()
