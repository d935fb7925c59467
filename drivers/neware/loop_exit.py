"""A step that leaves its loop where it reaches its voltage (titration): a jump condition of the step file."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement

from drivers.contracts import Problem
from drivers.neware import step_units as units
from drivers.neware.numbering import NumberedStep
from protocols.program import ConstantCurrent

__all__ = ["exit_node", "misplaced_exit"]

_VOLTAGE = "1"
_AT_LEAST, _AT_MOST = "4", "6"
# unconfirmed on hardware: CndN stands in no native file at hand; its numbers are those that neware_utils writes. The
# jump names the End step by its number, since sources disagree on the number that means "finish" (65535, 6535).


def exit_node(step: ConstantCurrent, end: int) -> Element:
    """Return ``<Other>`` with the one condition: at the step's voltage go on at step ``end``, the End step."""
    if step.until.voltage_V is None:
        raise ValueError("a step that leaves its loop needs an until voltage; see misplaced_exit")
    other = Element("Other")
    SubElement(other, "CndCount", Value="1")
    compare = _AT_LEAST if step.direction == "charge" else _AT_MOST
    voltage = units.voltage(step.until.voltage_V)
    SubElement(other, "Cnd1", {"type": _VOLTAGE, "CmpType": compare, "Jump_Line": str(end), "Value": voltage})
    return other


def misplaced_exit(placed: NumberedStep, end: int) -> Problem | None:
    """Return why a step cannot leave its loop by a jump to the End step, None where it can."""
    step = placed.step
    if not isinstance(step, ConstantCurrent) or not step.leaves_loop:
        return None
    if step.until.voltage_V is None:
        return Problem(
            "a step that leaves its loop needs the voltage at which it does; give it until: voltage", step.origin
        )
    if placed.loops != (end - 1,):
        return Problem(
            "a NEWARE channel leaves a loop only where nothing is around it and nothing follows it in its segment; "
            "put what follows into a protocol of its own",
            step.origin,
        )
    return None
