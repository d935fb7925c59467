"""One line of a command set: what is sent, what must come back, and its text as a value and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.chamber.behaviour import Behaviour
from drivers.chamber.field import Field, Kind, Value
from drivers.errors import Garbled

__all__ = ["NUMBER", "Command", "LineTable"]

NUMBER = r"([-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)"
"""A reply that is a number and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Field):
    """A reading, a setting, or both."""

    query: str | None = None
    reply: str = NUMBER
    """Regular expression that the whole reply must match; its first group is the value."""
    replies: Mapping[str, str] = field(default_factory=dict)
    """Text of the wire to word, where the wire has words of its own."""
    setting: str | None = None
    """With ``{value}`` in it."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Word to the whole text to be sent, where each word is a command of its own."""
    decimals: int = 2

    def decode(self, line: str) -> Value:
        """Value of a reply. Raises Garbled for one that answers another question."""
        match = re.fullmatch(self.reply, line.strip())
        if match is None:
            raise Garbled(f"{self.query} has an answer that is none", received=line.encode("latin-1"))
        text = match.group(1)
        if self.kind is Kind.TEXT:
            return text
        if self.kind in (Kind.WORD, Kind.BITS):
            return self.replies.get(text, f"code {text}") if self.replies else self.word(int(float(text)))
        return float(text)

    def encode(self, value: Value) -> str:
        """Text that sets a value. Raises KeyError: a mistake in a table."""
        if self.settings:
            return self.settings[str(value)]
        if self.setting is None:
            raise KeyError(f"{self.role} cannot be set")
        if isinstance(value, str):
            texts = {word: text for text, word in self.replies.items()}
            return self.setting.format(value=texts[value])
        return self.setting.format(value=f"{value:.{self.decimals}f}")


@dataclass(frozen=True, slots=True)
class LineTable:
    """A command set with what its words mean, and how lines end."""

    behaviour: Behaviour
    commands: tuple[Command, ...]
    terminator: str = "\n"
    """Of what is sent; a reply may end in CR, LF or both."""
    accepted: str | None = None
    """Regular expression of the answer to a setting that was taken; None: settings are not answered."""
