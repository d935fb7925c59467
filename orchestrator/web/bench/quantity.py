"""Numbers as the pages show them; ``static/js/format.js`` writes the same."""

from __future__ import annotations

__all__ = ["current_text", "temperature_text", "voltage_text"]

_PREFIXES = ((0.5, 1.0, ""), (0.5e-3, 1e3, "m"), (0.5e-6, 1e6, "µ"))
_NANO = (1e9, "n")
_MINUS = "\N{MINUS SIGN}"


def voltage_text(voltage_V: float | None) -> str:
    """``0.4120 V``."""
    return "" if voltage_V is None else f"{voltage_V:z.4f} V".replace("-", _MINUS)  # z: −0.0 is 0.0


def temperature_text(temperature_degC: float | None) -> str:
    """``25.1 °C``."""
    return "" if temperature_degC is None else f"{temperature_degC:z.1f} °C".replace("-", _MINUS)


def current_text(current_A: float | None) -> str:
    """``0.55 mA``: a prefix that leaves one to three digits before the point."""
    if current_A is None:
        return ""
    if current_A == 0:
        return "0 A"
    size_A = abs(current_A)
    factor, prefix = _scale(size_A)
    return f"{_MINUS if current_A < 0 else ''}{float(f'{size_A * factor:.4g}'):g} {prefix}A"


def _scale(size_A: float) -> tuple[float, str]:
    for least_A, factor, prefix in _PREFIXES:
        if size_A >= least_A:
            return factor, prefix
    return _NANO
