"""From checked options to a chamber: link, wire, table."""

from __future__ import annotations

from drivers.chamber.chamber import TableChamber
from drivers.chamber.line_link import LineLink
from drivers.chamber.line_wire import LineWire
from drivers.chamber.modbus_link import ModbusLink
from drivers.chamber.modbus_wire import ModbusWire
from drivers.chamber.options import ChamberOptions
from drivers.chamber.register import ModbusTable
from drivers.chamber.unread_set_point import UnreadSetPoint
from drivers.chamber.wire import Wire
from drivers.contracts import Surroundings

__all__ = ["assemble"]


def assemble(name: str, options: ChamberOptions, surroundings: Surroundings) -> TableChamber:
    """Put a chamber together; it connects at the first exchange."""
    return TableChamber(
        name,
        str(options.endpoint),
        _wire(options),
        options.table.behaviour,
        lab_degC=options.temperature_degC,
        unit=options.unit,
        now=surroundings.now,
        unread=UnreadSetPoint(surroundings.state_dir),
    )


def _wire(options: ChamberOptions) -> Wire:
    table = options.table
    if isinstance(table, ModbusTable):
        return ModbusWire(ModbusLink(options.endpoint, options.device_id), table, options.word_order)
    return LineWire(LineLink(options.endpoint, table.terminator), table)
