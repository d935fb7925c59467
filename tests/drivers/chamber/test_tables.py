"""The data tables: consistent in themselves, and values that survive the way over the wire."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.chamber.behaviour import Behaviour
from drivers.chamber.command import Command, LineTable
from drivers.chamber.family import FAMILIES, Place
from drivers.chamber.field import Kind, Role
from drivers.chamber.register import ModbusTable, Register, RegisterType, WordOrder
from drivers.chamber.register_blocks import REGISTERS_MAX, blocks
from drivers.errors import Garbled

TABLES = {
    f"{family.name} {name}": transport.table(Place())
    for family in FAMILIES.values()
    for name, transport in family.transports.items()
}
NUMBERS = st.floats(-300, 1000, width=32)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_what_a_behaviour_names_is_in_its_table(table: ModbusTable | LineTable) -> None:
    fields: tuple[Register, ...] | tuple[Command, ...]
    fields = table.registers if isinstance(table, ModbusTable) else table.commands
    by_role = {field.role: field for field in fields}
    assert len(by_role) == len(fields)
    named: Behaviour = table.behaviour
    assert set(named.telling) | set(named.silent) <= by_role.keys()
    assert {Role.PROCESS, Role.SET_POINT} <= by_role.keys()
    for order in (*named.switch_on, *named.switch_off, *named.no_ramp, *(named.ramp or ())):
        field = by_role[order.role]
        if isinstance(field, Register):
            assert "W" in field.access
            assert field.encode(order.value, WordOrder.LOW_FIRST)
        else:
            assert field.encode(order.value)


@pytest.mark.parametrize("table", [one for one in TABLES.values() if isinstance(one, ModbusTable)])
def test_no_register_lies_in_another(table: ModbusTable) -> None:
    taken = [(one.address + at, one.bit) for one in table.registers for at in range(one.length)]
    assert len(taken) == len(set(taken))


def test_loops_lie_160_registers_apart() -> None:
    def address(place: Place) -> int:
        table = FAMILIES["watlow-f4t"].transports["modbus"].table(place)
        assert isinstance(table, ModbusTable)
        return next(one.address for one in table.registers if one.role is Role.PROCESS)

    assert [address(Place(loop=loop)) for loop in (1, 2, 4)] == [2820, 2980, 3300]


@given(NUMBERS, st.sampled_from(WordOrder))
def test_floats_survive(value: float, order: WordOrder) -> None:
    register = Register(role=Role.PROCESS, address=0, type=RegisterType.FLOAT32)
    assert register.decode(register.encode(value, order), order) == value


@given(st.integers(-3276, 3276), st.sampled_from([0.1, 0.01, 1.0]))
def test_scaled_whole_numbers_survive(counts: int, scale: float) -> None:
    register = Register(role=Role.PROCESS, address=0, type=RegisterType.INT16, scale=scale)
    value = counts * scale
    assert register.decode(register.encode(value, WordOrder.LOW_FIRST), WordOrder.LOW_FIRST) == pytest.approx(value)


@given(st.lists(st.integers(0, 40_000), unique=True, max_size=20))
def test_blocks_hold_everything_once(addresses: list[int]) -> None:
    registers = [Register(role=Role.PROCESS, address=address) for address in addresses]
    found = blocks(registers)
    assert sorted(one.address for block in found for one in block.registers) == sorted(addresses)
    assert all(block.count <= REGISTERS_MAX for block in found)
    assert all(later.start >= block.start + REGISTERS_MAX for block, later in pairwise(found))


@pytest.mark.parametrize("registers", [[0x46, 0x1B], [0x07]])
def test_text_that_is_none(registers: list[int]) -> None:
    register = Register(role=Role.MODEL, kind=Kind.TEXT, address=16, type=RegisterType.TEXT, count=2)
    with pytest.raises(Garbled):
        register.decode(registers, WordOrder.LOW_FIRST)


@pytest.mark.parametrize("reply", ["", "ON", "25.0 C", "25,0", "1e", "nan", "--1", "25.0;26.0"])
def test_replies_that_are_no_number(reply: str) -> None:
    with pytest.raises(Garbled):
        Command(role=Role.PROCESS, kind=Kind.TEMPERATURE, query="PVAR1?").decode(reply)
