"""Which registers are read together: as few exchanges as Modbus allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.chamber.register import Register

__all__ = ["REGISTERS_MAX", "Block", "blocks"]

REGISTERS_MAX = 125
"""In one read: Modbus Application Protocol 1.1b3, section 6.3."""


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of registers and the values in it; between them may lie registers that nobody asked for."""

    registers: tuple[Register, ...]

    @property
    def start(self) -> int:
        """Lowest address."""
        return self.registers[0].address

    @property
    def count(self) -> int:
        """Registers from the first to the last."""
        return max(one.address + one.length for one in self.registers) - self.start


def blocks(registers: Sequence[Register]) -> list[Block]:
    """The fewest stretches of at most 125 registers that hold all of these, by address."""
    found: list[Block] = []
    for register in sorted(registers, key=lambda one: one.address):
        if found:
            wider = Block((*found[-1].registers, register))
            if wider.count <= REGISTERS_MAX:
                found[-1] = wider
                continue
        found.append(Block((register,)))
    return found
