"""One line of a Modbus register map, and its registers as a value and back."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from drivers.chamber.behaviour import Behaviour
from drivers.chamber.field import Field, Kind, Role, Value
from drivers.errors import Garbled

__all__ = ["ModbusTable", "Register", "RegisterType", "WordOrder"]


class WordOrder(StrEnum):
    """Which of a number's two registers stands at the lower address."""

    LOW_FIRST = "low-first"
    HIGH_FIRST = "high-first"


class RegisterType(StrEnum):
    """How a value lies in its registers."""

    FLOAT32 = "float32"
    INT16 = "int16"
    UINT16 = "uint16"
    TEXT = "text"
    """One character a register, in its low byte, up to the first that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register(Field):
    """Where a value stands: relative (protocol) address of a holding register."""

    address: int
    type: RegisterType = RegisterType.UINT16
    access: Literal["R", "RW", "W"] = "R"
    count: int = 0
    """Registers; of TEXT, else told by the type."""
    scale: float = 1.0
    """Value of one count, of whole numbers."""
    bit: int | None = None
    """One bit of a register whose other bits belong to others."""
    optional: bool = False
    """An instrument without this module answers "illegal address": then the value is left out."""

    @property
    def length(self) -> int:
        """Registers that it takes."""
        return self.count or (2 if self.type is RegisterType.FLOAT32 else 1)

    def decode(self, registers: Sequence[int], order: WordOrder) -> Value:
        """Value of ``length`` registers. Raises Garbled for text that is none."""
        if self.type is RegisterType.TEXT:
            return _text(registers)
        number = _number(self.type, registers, order)
        if self.kind in (Kind.WORD, Kind.BITS):
            code = int(number)
            return self.word(code if self.bit is None else code >> self.bit & 1)
        return number if self.type is RegisterType.FLOAT32 else number * self.scale

    def encode(self, value: Value, order: WordOrder) -> list[int]:
        """Registers of a value; of one bit: 0 or 1, for the wire to put in its place."""
        if self.kind is Kind.WORD:
            return [self.code(value)]
        if self.type is RegisterType.FLOAT32:
            high_low = list(struct.unpack(">HH", struct.pack(">f", float(value))))
            return high_low if order is WordOrder.HIGH_FIRST else high_low[::-1]
        return [round(float(value) / self.scale) & 0xFFFF]


@dataclass(frozen=True, slots=True)
class ModbusTable:
    """A register map with what its words mean."""

    behaviour: Behaviour
    registers: tuple[Register, ...]
    witnesses: tuple[Role, ...]
    """Temperatures by whose plausibility the word order is found: such as are there even without a sensor."""


def _number(kind: RegisterType, registers: Sequence[int], order: WordOrder) -> float:
    if kind is RegisterType.FLOAT32:
        high, low = registers if order is WordOrder.HIGH_FIRST else (registers[1], registers[0])
        decoded: float = struct.unpack(">f", struct.pack(">HH", high, low))[0]
        return decoded if math.isfinite(decoded) else math.nan
    if kind is RegisterType.INT16 and registers[0] >= 0x8000:
        return registers[0] - 0x10000
    return registers[0]


def _text(registers: Sequence[int]) -> str:
    characters = bytes(register & 0xFF for register in registers)
    text = characters.partition(b"\0")[0].decode("latin-1").strip()
    if not text.isprintable():
        raise Garbled("text that is none", received=characters)
    return text
