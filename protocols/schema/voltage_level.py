"""A voltage to go to: absolute, or against the open-circuit voltage that the cell shows when the step begins.

``0.5 V``, ``open circuit``, ``50 mV vs open circuit``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from protocols.errors import quoted
from protocols.kinds import VOLTAGE
from protocols.program import VoltagePoint, VoltageReference
from protocols.quantity import Quantity, QuantityError, parse_quantity
from protocols.schema.written import ReadAs, Reader, Written

__all__ = ["OPEN_CIRCUIT", "Level", "VoltageLevel"]

OPEN_CIRCUIT = "open circuit"
_EXAMPLES = "0.5 V, open circuit or 50 mV vs open circuit"
_VERSUS = re.compile(r"(?P<voltage>.*?)\s*\bvs\.?\s+(?P<what>.*)", re.IGNORECASE | re.DOTALL)
_ALSO_OPEN_CIRCUIT = {"oc", "ocv", "ocp", "eoc", "open-circuit", "opencircuit", "rest", "open circuit voltage"}


@dataclass(frozen=True, slots=True)
class VoltageLevel:
    """A voltage, and what it is counted from."""

    voltage: Quantity
    """Its text is the whole of what is written."""
    versus: VoltageReference

    @property
    def point(self) -> VoltagePoint:
        """As programs have it."""
        return VoltagePoint(self.voltage.value, self.versus)


def _read_level(text: str) -> VoltageLevel:
    written = " ".join(text.split())
    if written.lower() == OPEN_CIRCUIT:
        return VoltageLevel(Quantity(0.0, "V", OPEN_CIRCUIT), "open_circuit")
    if written.lower() in _ALSO_OPEN_CIRCUIT:
        raise QuantityError(f"{quoted(written)} is no voltage", f"write {OPEN_CIRCUIT}")
    match = _VERSUS.fullmatch(written)
    if match is None:
        return VoltageLevel(parse_quantity(text, VOLTAGE), "absolute")
    voltage = parse_quantity(match["voltage"], VOLTAGE)
    if match["what"].lower() == OPEN_CIRCUIT:
        return VoltageLevel(Quantity(voltage.value, voltage.unit, written), "open_circuit")
    remedy = f"write {voltage.text} vs {OPEN_CIRCUIT}"
    if match["what"].lower() not in _ALSO_OPEN_CIRCUIT:
        remedy += f", or {voltage.text} alone for the voltage between the cell's terminals"
    raise QuantityError(f"{quoted(match['what'])} is nothing that a voltage is counted from here", remedy)


_READER: Reader[VoltageLevel] = Reader(
    _read_level,
    f"a voltage such as {_EXAMPLES}",
    {
        "type": "string",
        "pattern": r"^\s*([+\-−]?[0-9.]|[oO]pen\s+circuit\s*$)",
        "description": f"a voltage with its unit, such as {_EXAMPLES}",
    },
)

Level = Annotated[Written[VoltageLevel], ReadAs(_READER)]
