"""Degrees Celsius outside, whatever the chamber shows inside; a ramp has a factor and no offset."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Unit"]

_OFFSET_degF = 32.0
_degF_PER_K = 1.8


class Unit(StrEnum):
    """What the chamber's numbers are in."""

    DEGC = "degC"
    DEGF = "degF"

    def to_degC(self, temperature: float) -> float:
        """A temperature in this unit, in degrees Celsius."""
        return temperature if self is Unit.DEGC else (temperature - _OFFSET_degF) / _degF_PER_K

    def from_degC(self, temperature_degC: float) -> float:
        """A temperature in degrees Celsius, in this unit."""
        return temperature_degC if self is Unit.DEGC else temperature_degC * _degF_PER_K + _OFFSET_degF

    def from_K(self, difference_K: float) -> float:
        """A difference (of a tolerance, of a ramp per minute) in this unit: no offset."""
        return difference_K if self is Unit.DEGC else difference_K * _degF_PER_K
