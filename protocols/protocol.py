"""A protocol file that has been read, before it meets a cell."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.schema.parameters import written_as_in_file
from protocols.schema.protocol_file import ProtocolFile

__all__ = ["Protocol"]


@dataclass(frozen=True, slots=True)
class Protocol:
    """A protocol file that says what it means; not yet bound to a cell."""

    name: str
    file: str
    """For messages."""
    source: str
    sha256: str
    """Of the file's bytes."""
    definition: ProtocolFile

    @property
    def description(self) -> str:
        """One sentence, as written in the file."""
        return self.definition.description

    @property
    def parameters(self) -> dict[str, str]:
        """Defaults as written in the file, by name."""
        return {name: written_as_in_file(node) for name, node in self.definition.parameters.items()}
