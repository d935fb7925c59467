"""The straight line through charge transfer resistances over temperature, in both forms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from orchestrator.analysis.impedance.fitted_spectrum import FittedSpectrum
from orchestrator.analysis.line_fit import LineFit, fit_line
from orchestrator.analysis.result import Value

__all__ = ["ArrheniusLine", "Form", "arrhenius_line", "different_temperatures", "kelvin_of"]

Form = Literal["ln(T/R_ct)", "ln(1/R_ct)"]
"""The straight one by Eq. 3 of Zhang et al. 2024, and the one that their caption speaks of."""

_GAS_CONSTANT = 8.314462618e-3  # kJ/(mol K)
_KELVIN = 273.15
_LEAST_ERROR = 2e-3
"""Relative, of R_ct: below this a fit's own error says less than contacts and temperature do."""
_SAME_TEMPERATURE_K = 0.5


@dataclass(frozen=True, slots=True)
class ArrheniusLine:
    """One form's line, over 1/T in 1/K."""

    form: Form
    line: LineFit
    temperatures_degC: tuple[float, ...]

    def value(self, name: str) -> Value:
        """Return the activation energy in kJ/mol with its interval in the note."""
        energy = -self.line.slope * _GAS_CONSTANT
        note = f"{self.form} over 1/T, {self.line.n} spectra at {len(self.temperatures_degC)} temperatures"
        if self.line.half_width is None or self.line.slope_error is None:
            return Value(name, energy, "kJ/mol", note=f"{note}; no interval: two points make any line")
        note += f"; 95 % confidence ± {self.line.half_width * _GAS_CONSTANT:.2g} kJ/mol"
        return Value(name, energy, "kJ/mol", self.line.slope_error * _GAS_CONSTANT, note)

    def interval_kJ_mol(self) -> tuple[float, float] | None:
        """The 95 % confidence interval of the activation energy; None with two points."""
        if self.line.interval is None:
            return None
        low, high = self.line.interval
        return -high * _GAS_CONSTANT, -low * _GAS_CONSTANT


def arrhenius_line(used: Sequence[FittedSpectrum], form: Form) -> ArrheniusLine:
    """Fit one form, weighted with the errors of R_ct (at least 0.2 %). Needs two different temperatures."""
    kelvin = np.array([kelvin_of(one) for one in used])
    resistance = np.array([one.charge_transfer.resistance_Ohm for one in used])
    error = np.array([one.charge_transfer.resistance_error_Ohm for one in used]) / resistance
    factor = kelvin if form == "ln(T/R_ct)" else np.ones_like(kelvin)
    line = fit_line(1 / kelvin, np.log(factor / resistance), np.maximum(error, _LEAST_ERROR))
    return ArrheniusLine(form, line, different_temperatures(used))


def different_temperatures(fitted: Sequence[FittedSpectrum]) -> tuple[float, ...]:
    """Temperatures in degC, those within 0.5 K of a lower one taken as the same."""
    found: list[float] = []
    for degC in sorted(kelvin_of(one) - _KELVIN for one in fitted):
        if not found or degC - found[-1] > _SAME_TEMPERATURE_K:
            found.append(degC)
    return tuple(found)


def kelvin_of(one: FittedSpectrum) -> float:
    """Absolute temperature of a spectrum whose temperature is known. Raises ValueError where it is not."""
    if one.spectrum.temperature.degC is None:
        raise ValueError(f"spectrum {one.spectrum.number} has no temperature")
    return one.spectrum.temperature.degC + _KELVIN
