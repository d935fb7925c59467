"""What making and bringing back backups refuses."""

from __future__ import annotations

__all__ = ["BackupFailed", "RestoreRefused"]


class BackupFailed(Exception):
    """No backup was made; one line with the remedy. Earlier ones stay as they are."""


class RestoreRefused(Exception):
    """Nothing was changed; one line with the remedy."""
