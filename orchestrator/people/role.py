"""What a person may do."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["ROLES", "Role"]


class Role(StrEnum):
    """Each may do all that those before it may."""

    VIEWER = "viewer"
    """Look at everything, and stop everything: whoever sees smoke may press the button."""
    OPERATOR = "operator"
    """Launch, pause, stop, acknowledge, change cells."""
    ADMIN = "admin"
    """Decide who else may."""

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what ``needed`` may."""
        return ROLES.index(self) >= ROLES.index(needed)


ROLES = tuple(Role)
