"""What the lab answers to a request that makes no sense or cannot be done now."""

from __future__ import annotations

__all__ = ["LabRefusal"]


class LabRefusal(Exception):
    """A request was refused; the message is one line that says why."""
