"""Numbers as the pages show them; ``static/js/format.js`` writes the same."""

from __future__ import annotations

__all__ = ["current_text", "temperature_text", "voltage_text"]

_PREFIXES = ((0.5, 1.0, ""), (0.5e-3, 1e3, "m"), (0.5e-6, 1e6, "µ"), (0.0, 1e9, "n"))
_MINUS = "\N{MINUS SIGN}"


def voltage_text(voltage_V: float | None) -> str:
    """``0.4120 V``."""
    return "" if voltage_V is None else _signed(f"{voltage_V:.4f} V")


def temperature_text(temperature_degC: float | None) -> str:
    """``25.1 °C``."""
    return "" if temperature_degC is None else _signed(f"{temperature_degC:.1f} °C")


def current_text(current_A: float | None) -> str:
    """``0.55 mA``: a prefix that leaves one to three digits before the point."""
    if current_A is None:
        return ""
    if current_A == 0:
        return "0 A"
    factor, prefix = next((factor, prefix) for least, factor, prefix in _PREFIXES if abs(current_A) >= least)
    return _signed(f"{float(f'{current_A * factor:.4g}'):g} {prefix}A")


def _signed(text: str) -> str:
    """With a minus sign, where there is anything to be minus: −0.0 is 0.0."""
    if not text.startswith("-"):
        return text
    return text.replace("-", _MINUS if any(digit in text for digit in "123456789") else "", 1)
