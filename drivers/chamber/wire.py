"""What both transports have in common: values by role, under the names of :class:`drivers.chamber.field.Role`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from drivers.chamber.field import Kind, Role, Value

__all__ = ["Wire"]


class Wire(Protocol):
    """Reads and writes one chamber; numbers are in the chamber's own unit.

    Everything raises Unreachable (no answer in time, no connection), Garbled, or Refused (the chamber said no); after
    the first two the connection has been let go of, so that a late answer can never meet another question.
    """

    @property
    def opened(self) -> int:
        """How often it was connected: a rise tells that the peer may be another, or have changed."""
        ...

    def open(self) -> None:
        """Connect where that is not so. Nothing else connects: whoever reads or writes knows whom it speaks to."""
        ...

    def readable(self, role: Role) -> bool:
        """Whether the table has a reading of this role."""
        ...

    def writable(self, role: Role) -> bool:
        """Whether the table has a setting of this role."""
        ...

    def kind(self, role: Role) -> Kind:
        """What kind of value it is."""
        ...

    def read(self, roles: Sequence[Role]) -> dict[Role, Value]:
        """Values of those roles that the table has, and that this instrument has."""
        ...

    def write(self, role: Role, value: Value) -> None:
        """Write one setting, once."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...
