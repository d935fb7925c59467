"""A chamber behind a command set."""

from __future__ import annotations

import re
from collections.abc import Sequence

from drivers.chamber.command import Command, LineTable
from drivers.chamber.field import Kind, Role, Value
from drivers.chamber.line_link import LineLink
from drivers.errors import Garbled, Refused

__all__ = ["LineWire"]


class LineWire:
    """See :class:`drivers.chamber.wire.Wire`."""

    def __init__(self, link: LineLink, table: LineTable) -> None:
        self._link = link
        self._commands: dict[Role, Command] = {command.role: command for command in table.commands}
        self._accepted = table.accepted

    @property
    def opened(self) -> int:
        """How often it was connected."""
        return self._link.opened

    def open(self) -> None:
        """Connect where that is not so."""
        self._link.open()

    def readable(self, role: Role) -> bool:
        """Whether the command set has a query for it."""
        return role in self._commands and self._commands[role].query is not None

    def writable(self, role: Role) -> bool:
        """Whether the command set can set it."""
        return role in self._commands and bool(self._commands[role].setting or self._commands[role].settings)

    def kind(self, role: Role) -> Kind:
        """What kind of value it is."""
        return self._commands[role].kind

    def read(self, roles: Sequence[Role]) -> dict[Role, Value]:
        """Values, one exchange for each."""
        found: dict[Role, Value] = {}
        for role in roles:
            command = self._commands.get(role)
            if command is not None and command.query is not None:
                line = self._link.ask(command.query)
                try:
                    found[role] = command.decode(line)
                except Garbled:
                    self._link.close()  # an answer to another question: all that follow would be, too
                    raise
        return found

    def write(self, role: Role, value: Value) -> None:
        """Send one setting, and read its answer where the command set has one."""
        text = self._commands[role].encode(value)
        if self._accepted is None:
            self._link.tell(text)
            return
        answer = self._link.ask(text).strip()
        if re.fullmatch(self._accepted, answer):
            return
        if not re.fullmatch(r"\d+", answer):
            self._link.close()
            raise Garbled(f"{text} has an answer that is none", received=answer.encode("latin-1"))
        raise Refused(f"{text} was answered {answer}: not accepted")

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()
