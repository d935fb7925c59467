"""What every chamber can be asked for, under one name whatever the wire calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, StrEnum, auto

__all__ = ["Field", "Kind", "Role", "Value"]

Value = float | str
"""A number in the chamber's own unit, or a word of an enumeration, or text."""


class Role(StrEnum):
    """Name of a reading or a setting; as words, they stand in messages and in a chamber's native state."""

    MODEL = "model"
    VERSION = "version"
    UNIT = "unit"
    PROCESS = "process value"
    SENSOR = "sensor"
    SET_POINT = "set point"
    """As a user sets it: where the chamber is sent in the end."""
    RAMPING_SET_POINT = "active set point"
    """Where a ramp is just now."""
    OUTPUT = "output"
    LIMIT_LOW = "lowest set point"
    LIMIT_HIGH = "highest set point"
    RAMP_ACTION = "ramp action"
    RAMP_SCALE = "ramp scale"
    RAMP_RATE = "ramp rate"
    POWER = "power"
    RUN_STATE = "run state"
    CONTROL_MODE = "control mode"
    ACTIVE_MODE = "active mode"
    PROFILE = "profile"
    PROFILE_ACTION = "profile action"
    SAFETY = "limit controller"
    ALARM_1 = "alarm 1"
    ALARM_2 = "alarm 2"
    ALARM_3 = "alarm 3"
    ALARM_4 = "alarm 4"


class Kind(Enum):
    """How a value is read, and how it is converted between units."""

    TEMPERATURE = auto()
    RATE = auto()
    """Per minute: a factor, never an offset."""
    NUMBER = auto()
    WORD = auto()
    """One of ``words``; a code that is not in it becomes ``code N``, which no rule takes for anything."""
    BITS = auto()
    """Every set bit by its word; ``none`` where no bit is set."""
    TEXT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One line of a table: what it is, apart from where it stands on the wire."""

    role: Role
    kind: Kind = Kind.NUMBER
    words: Mapping[int, str] = field(default_factory=dict)
    """Code (of BITS: number of the bit) to word."""

    def word(self, code: int) -> str:
        """The word of a code."""
        if self.kind is Kind.BITS:
            set_bits = [bit for bit in range(code.bit_length()) if code >> bit & 1]
            return ", ".join(self.words.get(bit, f"bit {bit}") for bit in set_bits) or "none"
        return self.words.get(code, f"code {code}")

    def code(self, word: Value) -> int:
        """The code of a word. Raises KeyError: a mistake in a table, not on the wire."""
        codes = {known: code for code, known in self.words.items()}
        return codes[str(word)]
