"""One entered value: ``alkali_solubility_pct = 4.8``. The name says the unit, the value is a plain number."""

from __future__ import annotations

import math
import re

from protocols.errors import quoted
from protocols.kinds import TEMPERATURE
from protocols.number import NUMBER
from protocols.quantity import QuantityError, parse_quantity

__all__ = ["NUMBER_REMEDY", "TEMPERATURE_RANGE", "is_plain_number", "name_problem", "names_a_unit", "value_problem"]

TEMPERATURE_RANGE = ("temperature_min", "temperature_max")
"""The coldest and the hottest that a cell may become: temperatures with their unit, such as ``-20 degC``."""
NUMBER_REMEDY = "enter a number with a decimal point and without a unit, as 4.8"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
# fmt: off
_UNITS = (
    "pct", "ppm", "1", "cm", "mm", "um", "nm", "m", "g", "mg", "ug", "degC", "K", "Pa", "kPa", "MPa", "GPa", "V", "mV",
    "A", "mA", "uA", "Ah", "mAh", "Wh", "mWh", "Ohm", "kOhm", "S", "F", "mF", "uF", "Hz", "s", "min", "h", "d", "mol",
    "mmol", "L", "mL", "uL", "eV", "deg", "J", "kJ", "kg", "W", "mW",
)
# fmt: on
_UNIT = re.compile(rf".+_(?:{'|'.join(_UNITS)})[23]?")


def names_a_unit(name: str) -> bool:
    """Whether the name ends with a unit: ``_pct``, ``_um``, ``_per_cm``, ``_m2_per_g``; ``_1`` where there is none."""
    return name not in TEMPERATURE_RANGE and _UNIT.fullmatch(name) is not None


def name_problem(name: str) -> str | None:
    """What is wrong with the name of a value, with the remedy; None where nothing is."""
    if not _NAME.fullmatch(name):
        return f"{quoted(name)} is no name; use letters, digits and _, as alkali_solubility_pct"
    if not names_a_unit(name) and name not in TEMPERATURE_RANGE:
        return f"{name} does not say its unit; write {name}_pct, {name}_um, …, or {name}_1 where it has none"
    return None


def is_plain_number(text: str) -> bool:
    """Whether this is a finite number with a decimal point, and nothing beside it."""
    return re.fullmatch(NUMBER, text) is not None and math.isfinite(float(text))


def value_problem(name: str, text: str) -> str | None:
    """What is wrong with a value whose name says a unit, with the remedy; None where nothing is."""
    if name in TEMPERATURE_RANGE:
        return _temperature_problem(name, text)
    if is_plain_number(text) or not names_a_unit(name):
        return None
    return f"{name}: {quoted(text)} is no plain number; {NUMBER_REMEDY}"


def _temperature_problem(name: str, text: str) -> str | None:
    try:
        parse_quantity(text, TEMPERATURE)
    except QuantityError as error:
        return f"{name}: {error}"
    return None
