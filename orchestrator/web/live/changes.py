"""From one look to the next: what is new or different, and what is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orchestrator.web.live.topic import Rows

__all__ = ["NOTHING", "Changes", "changes"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a page must be told to have the present look."""

    changed: dict[str, dict[str, Any]]
    """By key, the fields that differ; all of them for a key that is new."""
    gone: list[str]

    def __bool__(self) -> bool:
        return bool(self.changed or self.gone)


NOTHING = Changes({}, [])


def changes(before: Rows, after: Rows) -> Changes:
    """What leads from one to the other."""
    different: dict[str, dict[str, Any]] = {}
    for key, row in after.items():
        old = before.get(key)
        if old is None:
            different[key] = dict(row)
        elif old is not row and old != row:
            different[key] = {name: value for name, value in row.items() if name not in old or old[name] != value}
    return Changes({key: row for key, row in different.items() if row}, [key for key in before if key not in after])
