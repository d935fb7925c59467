"""Numbers of a step file: its units, as decimal text without exponent that reads back exactly.

Units with ``Scale`` 1: 0.1 mV, mA, mA·s, ms, 0.1 °C (16 native files; fractions such as ``0.06644`` occur in them).
"""

from __future__ import annotations

from decimal import Context, Decimal

__all__ = ["capacity", "current", "duration", "temperature", "voltage"]

_EXACT = Context(prec=60)


def voltage(voltage_V: float) -> str:
    """In 0.1 mV."""
    return _scaled(voltage_V, 10_000)


def current(current_A: float) -> str:
    """In mA, signed as given."""
    return _scaled(current_A, 1000)


def capacity(capacity_Ah: float) -> str:
    """In mA·s."""
    return _scaled(capacity_Ah, 3_600_000)


def duration(duration_s: float) -> str:
    """In whole ms: every native file has whole numbers here."""
    return str(int(_exact(duration_s, 1000).to_integral_value()))


def temperature(temperature_degC: float) -> str:
    """In 0.1 °C."""
    return _scaled(temperature_degC, 10)


def _exact(value: float, factor: int) -> Decimal:
    """Return the product of the shortest decimal of the float: no binary noise gets into the file."""
    product = _EXACT.multiply(Decimal(repr(float(value))), Decimal(factor))
    if not product.is_finite():
        raise ValueError(f"{value} cannot stand in a step file")
    return product


def _scaled(value: float, factor: int) -> str:
    text = format(_exact(value, factor), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text
