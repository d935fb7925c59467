"""Circuit fit and Kramers-Kronig test of one spectrum: what the analysis of impedance does for each."""

from __future__ import annotations

import statistics
import time
from typing import Any

import numpy as np

from orchestrator.analysis.impedance.circuit import Circuit
from orchestrator.analysis.impedance.circuit_fit import fit_circuit
from orchestrator.analysis.impedance.kramers_kronig import check_kramers_kronig
from orchestrator.analysis.impedance.spectrum import Spectrum
from orchestrator.analysis.impedance.spectrum_temperature import Temperature

SPECTRA = 20
TRANSFER_OHM = (6.0, 40.0)  # from the warmest to the coldest


def measure() -> dict[str, dict[str, Any]]:
    """Median over spectra of 61 points, 100 kHz to 0.1 Hz, with two arcs, diffusion and 0.1 % noise."""
    spectra = [_spectrum(number, ohm) for number, ohm in enumerate(np.geomspace(*TRANSFER_OHM, SPECTRA), start=1)]
    circuit = Circuit()
    fit_circuit(spectra[0], circuit)  # scipy is loaded now
    passed_s = []
    for spectrum in spectra:
        begun = time.perf_counter()
        verdict, fit = check_kramers_kronig(spectrum), fit_circuit(spectrum, circuit)
        passed_s.append(time.perf_counter() - begun)
        if not verdict.passed or len(fit.arcs) != 2:
            raise RuntimeError(f"spectrum {spectrum.number} was not analysed as it was meant: {verdict.reason}")
    figure = {"value": 1000 * statistics.median(passed_s), "target": 40.0, "better": "lower", "unit": "ms"}
    return {"impedance_fit_and_kk_per_spectrum": figure}


def _spectrum(number: int, transfer_Ohm: float) -> Spectrum:
    frequency_Hz = np.logspace(5, -1, 61)
    s = 2j * np.pi * frequency_Hz
    film, transfer = 5.0 / (1 + (s * 2e-4) ** 0.9), transfer_Ohm / (1 + (s * transfer_Ohm / 600) ** 0.85)
    z = 2.0 + film + transfer + 3.0 * (1 - 1j) / np.sqrt(s.imag)
    rng = np.random.default_rng(number)
    z = z + 1e-3 * np.abs(z) * (rng.normal(size=61) + 1j * rng.normal(size=61))
    elapsed_s = np.cumsum(np.maximum(2 / frequency_Hz, 0.2))
    return Spectrum(number, 1, frequency_Hz, z, elapsed_s, 0.4, Temperature(25.0, "measured"))
