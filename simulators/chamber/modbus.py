"""Modbus TCP as an F4T speaks it: functions 3, 4, 6 and 16 on one map of holding registers.

Framing and exception codes: Modbus Messaging on TCP/IP Implementation Guide V1.0b, Application Protocol V1.1b3.
"""

from __future__ import annotations

import math
import struct
from typing import Protocol

from simulators.chamber.wire import MalformedRequestError

__all__ = ["ModbusRefusal", "ModbusWire", "Registers"]

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, BUSY, NO_SUCH_UNIT = 1, 2, 3, 6, 11
_READS, _WRITE_ONE, _WRITE_SEVERAL = (3, 4), 6, 16
_HEADER = struct.Struct(">HHHB")
_MOST_BYTES = 254


class ModbusRefusal(Exception):
    """An exception response; ``code`` as in the protocol."""

    def __init__(self, code: int) -> None:
        super().__init__(f"Modbus exception {code}")
        self.code = code


class Registers(Protocol):
    """A map of holding registers. Both raise ModbusRefusal."""

    def read(self, address: int, count: int) -> list[int]:
        """Words from an address on."""
        ...

    def write(self, address: int, words: list[int]) -> None:
        """Set words from an address on."""
        ...


class ModbusWire:
    """Answers for one unit id; a request to another gets the exception of a gateway."""

    def __init__(self, registers: Registers, unit_id: int = 1) -> None:
        self._registers, self._unit_id = registers, unit_id

    def take(self, buffer: bytearray) -> bytes | None:
        """Take one frame: the header says how long it is."""
        if len(buffer) < _HEADER.size:
            return None
        _, protocol, length, _ = _HEADER.unpack_from(buffer)
        if protocol or not 2 <= length <= _MOST_BYTES:
            raise MalformedRequestError("no Modbus frame")
        end = _HEADER.size - 1 + length
        if len(buffer) < end:
            return None
        frame = bytes(buffer[:end])
        del buffer[:end]
        return frame

    def command(self, request: bytes) -> str:
        """``read``, ``write``, or ``other``."""
        function = request[_HEADER.size]
        return "read" if function in _READS else "write" if function in (_WRITE_ONE, _WRITE_SEVERAL) else "other"

    def answer(self, request: bytes) -> bytes:
        """Execute; what cannot be is an exception response."""
        if request[_HEADER.size - 1] != self._unit_id:
            return _exception(request, NO_SUCH_UNIT)
        try:
            body = self._execute(request[_HEADER.size :])
        except ModbusRefusal as refusal:
            return _exception(request, refusal.code)
        return _framed(request, body)

    def refusal(self, request: bytes) -> bytes:
        """Return the exception of a device that is busy."""
        return _exception(request, BUSY)

    def acknowledgement(self, request: bytes) -> bytes:
        """Return what a writing is answered: its own beginning."""
        return _framed(request, request[_HEADER.size : _HEADER.size + 5])

    def orders(self, command: str) -> bool:
        """Whether something is written."""
        return command == "write"

    @property
    def commands(self) -> tuple[str, ...]:
        """By what functions do."""
        return ("read", "write", "other")

    def _execute(self, pdu: bytes) -> bytes:
        function = pdu[0]
        if function not in (*_READS, _WRITE_ONE, _WRITE_SEVERAL):
            raise ModbusRefusal(ILLEGAL_FUNCTION)
        if len(pdu) < 5:
            raise ModbusRefusal(ILLEGAL_VALUE)
        address, value = struct.unpack_from(">HH", pdu, 1)
        if function in _READS:
            if not 1 <= value <= 125 or len(pdu) != 5:
                raise ModbusRefusal(ILLEGAL_VALUE)
            words = self._registers.read(address, value)
            return struct.pack(f">BB{value}H", function, 2 * value, *words)
        if function == _WRITE_ONE:
            self._registers.write(address, [value])
            return pdu[:5]
        if not 1 <= value <= 123 or len(pdu) != 6 + 2 * value or pdu[5] != 2 * value:
            raise ModbusRefusal(ILLEGAL_VALUE)
        self._registers.write(address, list(struct.unpack_from(f">{value}H", pdu, 6)))
        return pdu[:5]


def _framed(request: bytes, body: bytes) -> bytes:
    transaction, _, _, unit_id = _HEADER.unpack_from(request)
    return _HEADER.pack(transaction, 0, len(body) + 1, unit_id) + body


def _exception(request: bytes, code: int) -> bytes:
    return _framed(request, bytes([request[_HEADER.size] | 0x80, code]))


def float_words(value: float, *, low_word_first: bool) -> list[int]:
    """Return the two words of a float32."""
    try:
        packed = struct.pack(">f", value)
    except OverflowError:
        packed = struct.pack(">f", math.copysign(math.inf, value))
    high, low = struct.unpack(">HH", packed)
    return [low, high] if low_word_first else [high, low]


def words_float(words: list[int], *, low_word_first: bool) -> float:
    """Return the float32 of two words."""
    low, high = words if low_word_first else reversed(words)
    return float(struct.unpack(">f", struct.pack(">HH", high, low))[0])
