"""A chamber behind a register map."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from drivers.chamber.field import Kind, Role, Value
from drivers.chamber.modbus_link import IllegalAddress, ModbusLink
from drivers.chamber.register import ModbusTable, Register, WordOrder
from drivers.chamber.register_blocks import Block, blocks
from drivers.chamber.word_order import check_word_order, settle_word_order
from drivers.errors import Garbled

__all__ = ["ModbusWire"]

_log = logging.getLogger(__name__)


class ModbusWire:
    """See :class:`drivers.chamber.wire.Wire`. The word order is settled anew with every connection."""

    def __init__(self, link: ModbusLink, table: ModbusTable, wanted: WordOrder | None = None) -> None:
        self.word_order = WordOrder.LOW_FIRST
        self._link = link
        self._registers = {register.role: register for register in table.registers}
        self._witnesses = table.witnesses
        self._wanted = wanted
        self._settled = 0
        self._absent: set[Role] = set()
        self._singly: set[int] = set()
        """Starts of blocks whose gaps this instrument does not let be read."""

    @property
    def opened(self) -> int:
        """How often it was connected."""
        return self._link.opened

    def open(self) -> None:
        """Connect, and settle the word order of a new connection."""
        self._link.open()
        if self._settled == self._link.opened:
            return
        self._absent.clear()
        self._singly.clear()
        raw = self._raw([self._registers[role] for role in self._witnesses])
        found = settle_word_order([(self._registers[role], raw[role]) for role in self._witnesses], self._wanted)
        if found is not self.word_order or not self._settled:
            _log.info("%s: word order %s", self._link.endpoint, found)
        self.word_order = found
        self._settled = self._link.opened

    def readable(self, role: Role) -> bool:
        """Whether the map has it and lets it be read."""
        return role in self._registers and "R" in self._registers[role].access

    def writable(self, role: Role) -> bool:
        """Whether the map has it and lets it be written."""
        return role in self._registers and "W" in self._registers[role].access

    def kind(self, role: Role) -> Kind:
        """What kind of value it is."""
        return self._registers[role].kind

    def read(self, roles: Sequence[Role]) -> dict[Role, Value]:
        """Values, in as few block reads as possible.

        The word order may be changed at the panel while connected: its witnesses are judged every time. Where they are
        absurd the connection is let go of, and the next one finds the order again.
        """
        wanted = [self._registers[role] for role in roles if self.readable(role) and role not in self._absent]
        raw = self._raw(wanted)
        try:
            check_word_order([(one, raw[one.role]) for one in wanted if one.role in self._witnesses], self.word_order)
        except Garbled:
            self.close()
            raise
        return {one.role: one.decode(raw[one.role], self.word_order) for one in wanted if one.role in raw}

    def write(self, role: Role, value: Value) -> None:
        """Write one value; of a single bit, the others of its register stay as they are."""
        register = self._registers[role]
        encoded = register.encode(value, self.word_order)
        if register.bit is not None:
            (present,) = self._link.read(register.address, 1)
            encoded = [present & ~(1 << register.bit) | encoded[0] << register.bit]
        self._link.write(register.address, encoded)

    def close(self) -> None:
        """Let go of the connection."""
        self._link.close()

    def _raw(self, registers: Sequence[Register]) -> dict[Role, list[int]]:
        found: dict[Role, list[int]] = {}
        for block in blocks(registers):
            found |= self._block(block)
        return found

    def _block(self, block: Block) -> dict[Role, list[int]]:
        if len(block.registers) > 1 and block.start not in self._singly:
            try:
                read = self._link.read(block.start, block.count)
            except IllegalAddress:
                self._singly.add(block.start)
            else:
                return {
                    one.role: read[one.address - block.start : one.address - block.start + one.length]
                    for one in block.registers
                }
        return {one.role: raw for one in block.registers if (raw := self._single(one)) is not None}

    def _single(self, register: Register) -> list[int] | None:
        try:
            return self._link.read(register.address, register.length)
        except IllegalAddress:
            if not register.optional:
                raise
            self._absent.add(register.role)
            return None
