"""The F4T's registers as words on the Modbus wire."""

from __future__ import annotations

import math

from simulators.chamber.chamber import ChamberRefusal
from simulators.chamber.f4t import F4t
from simulators.chamber.f4t_registers import REGISTERS, Register
from simulators.chamber.modbus import ILLEGAL_ADDRESS, ILLEGAL_VALUE, ModbusRefusal, float_words, words_float

__all__ = ["F4tRegisters"]

_LAST_ADDRESS = 39_999


class F4tRegisters:
    """Addresses that hold nothing read as zero and take no writing.

    # unconfirmed on hardware: what an F4T answers at addresses that its manual leaves out, so that blocks can be read
    """

    def __init__(self, f4t: F4t) -> None:
        self._f4t = f4t

    def read(self, address: int, count: int) -> list[int]:
        """Words from an address on; also half of a float, as a real one tells."""
        if address + count - 1 > _LAST_ADDRESS:
            raise ModbusRefusal(ILLEGAL_ADDRESS)
        words = [0] * (count + 2)
        for at in range(address - 1, address + count):
            if (register := REGISTERS.get(at)) is not None:
                for offset, word in enumerate(self._words(register)):
                    words[at - address + offset] = word  # half of what begins before goes to the end, and is cut off
        return words[:count]

    def write(self, address: int, words: list[int]) -> None:
        """Set whole values, all or none of them where one cannot be."""
        at, rest, meant = address, list(words), []
        while rest:
            register = REGISTERS.get(at)
            if register is None or register.write is None:
                raise ModbusRefusal(ILLEGAL_ADDRESS)
            if len(rest) < register.words:
                raise ModbusRefusal(ILLEGAL_VALUE)
            meant.append((register.write, self._value(register, rest[: register.words])))
            at, rest = at + register.words, rest[register.words :]
        for write, value in meant:
            try:
                write(self._f4t, value)
            except ChamberRefusal as refusal:
                raise ModbusRefusal(ILLEGAL_VALUE) from refusal

    def _words(self, register: Register) -> list[int]:
        value = register.read(self._f4t)
        return float_words(value, low_word_first=self._f4t.low_word_first) if register.floating else [int(value)]

    def _value(self, register: Register, words: list[int]) -> float:
        if not register.floating:
            return words[0]
        value = words_float(words, low_word_first=self._f4t.low_word_first)
        if not math.isfinite(value):
            raise ModbusRefusal(ILLEGAL_VALUE)
        return value
