"""What an export raises."""

from __future__ import annotations

__all__ = ["ExportError"]


class ExportError(Exception):
    """The run cannot be exported; one line with the remedy."""
