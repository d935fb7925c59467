"""Record conditions in absolute values."""

from __future__ import annotations

from protocols.compile.binding import CellBinding
from protocols.compile.scope import Scope
from protocols.errors import Refusal
from protocols.program import Record
from protocols.schema.record import RecordSection

__all__ = ["DEFAULT_RECORD", "bind_record"]

DEFAULT_RECORD = Record(interval_s=10.0, voltage_change_V=0.005)
"""Where a protocol does not say: follows a charge of some minutes as well as one of a day."""


def bind_record(section: RecordSection, scope: Scope, binding: CellBinding) -> Record:
    """Bind the conditions of the protocol or of one step. Raises Refusal."""
    voltage = scope.value(section.voltage_change) if section.voltage_change else None
    if voltage and section.voltage_change and voltage.value <= 0:
        raise Refusal(section.voltage_change.node.place, "a change is above zero", "write 5 mV")
    current_A = None
    if section.current_change:
        current_A = binding.current_A(scope.value(section.current_change), section.current_change.node.place)
    return Record(scope.value(section.every).value, voltage.value if voltage else None, current_A)
