"""When backups are made, and how many are kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["KEEP", "BackupSchedule"]

KEEP = 14


@dataclass(frozen=True, slots=True)
class BackupSchedule:
    """Of the lab file."""

    cron: str
    """Five fields, in this computer's time zone."""
    to: Path
    keep: int = KEEP
    """So many are kept; older ones are deleted once a newer one is whole."""
