"""What a way to a receiver raises."""

from __future__ import annotations

__all__ = ["NotDelivered"]


class NotDelivered(Exception):
    """Nobody has taken the letter, or it cannot be known; one line says why. It is tried again."""
