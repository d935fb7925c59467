"""One impedance spectrum of a run, cleaned of points that are no measurement."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from orchestrator.analysis.dataset import RunData
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.impedance.spectrum_temperature import Temperature, spectrum_temperatures

__all__ = ["FEWEST_POINTS", "Spectrum", "require_spectra", "usable_spectra"]

FEWEST_POINTS = 12
"""Below this no circuit with two arcs and a tail can be told from another."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Points in the order in which they were measured."""

    number: int
    """As in ``RunData.spectra``: counts the spectra of the run from 1."""
    cycle: int
    frequency_Hz: npt.NDArray[np.float64]
    z_Ohm: npt.NDArray[np.complex128]
    elapsed_s: npt.NDArray[np.float64]
    """Test time of each point."""
    voltage_V: float | None
    """Mean during the spectrum; None where the instrument does not tell."""
    temperature: Temperature
    dropped: int = 0
    """Points left out: not finite, frequency or modulus zero, or a frequency measured twice."""

    def __len__(self) -> int:
        """Return the number of points."""
        return len(self.frequency_Hz)


def usable_spectra(run: RunData) -> tuple[list[Spectrum], list[str]]:
    """Return the run's spectra with enough points, and warnings about what was left out.

    Raises AnalysisError where the run has no spectrum.
    """
    frame = run.spectra
    if frame.empty:
        raise AnalysisError(f"run {run.run_id} has no impedance spectrum; its protocol needs a step impedance:")
    temperatures = spectrum_temperatures(run)
    spectra, warnings = [], []
    for number, points in frame.groupby("spectrum", sort=True):
        spectrum = _cleaned(points, int(str(number)), temperatures[int(str(number))])
        if spectrum.dropped:
            warnings.append(
                f"spectrum {number}: {spectrum.dropped} of {len(points)} points left out: not a measurement"
            )
        if len(spectrum) < FEWEST_POINTS:
            warnings.append(f"spectrum {number} left out: {len(spectrum)} points, {FEWEST_POINTS} are needed")
        else:
            spectra.append(spectrum)
    return spectra, warnings


def require_spectra(run: RunData) -> tuple[list[Spectrum], list[str]]:
    """Return ``usable_spectra``. Raises AnalysisError where not one is left."""
    spectra, warnings = usable_spectra(run)
    if not spectra:
        raise AnalysisError(f"run {run.run_id} has no usable spectrum: {'; '.join(warnings)}")
    return spectra, warnings


def _cleaned(points: pd.DataFrame, number: int, temperature: Temperature) -> Spectrum:
    frequency = points["frequency_Hz"].to_numpy(float)
    z_Ohm = points["z_real_Ohm"].to_numpy(float) + 1j * points["z_imag_Ohm"].to_numpy(float)
    with np.errstate(invalid="ignore"):
        good = np.isfinite(frequency) & (frequency > 0) & np.isfinite(z_Ohm) & (np.abs(z_Ohm) > 0)
    good &= ~pd.Series(frequency).duplicated(keep="last").to_numpy()
    voltage_V = float(points["voltage_V"].mean())
    return Spectrum(
        number=number,
        cycle=int(points["cycle"].iloc[0]),
        frequency_Hz=frequency[good],
        z_Ohm=z_Ohm[good],
        elapsed_s=points["test_time_s"].to_numpy(float)[good],
        voltage_V=None if math.isnan(voltage_V) else voltage_V,
        temperature=temperature,
        dropped=int((~good).sum()),
    )
