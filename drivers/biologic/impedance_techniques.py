"""Impedance spectra as PEIS and GEIS: the bias held with rows recorded, then the spectrum on top of it."""

from __future__ import annotations

from drivers.biologic.current_ranges import AUTO_RANGE
from drivers.biologic.loading import Loading
from drivers.biologic.recording import by_time_and_current, by_time_and_voltage
from drivers.biologic.technique_list import Parameter, StepRows, Technique
from drivers.biologic.time_base import time_base_s
from drivers.contracts import StepKind
from protocols.program import Impedance, VoltagePoint

__all__ = ["galvanostatic_range_A", "impedance"]

_LARGEST_SHARE = 0.5
"""Of its current range that the amplitude of GEIS may have."""


def galvanostatic_range_A(step: Impedance) -> float:
    """Return what the range of a galvanostatic spectrum has to carry."""
    amplitude_A = step.amplitude_peak_A or 0.0
    return max(abs(step.bias_current_A) + amplitude_A, amplitude_A / _LARGEST_SHARE)


def impedance(step: Impedance, given: Loading, numbers: tuple[int, ...]) -> list[Technique]:
    """One technique; amplitudes are peak values in both. It knows no limits.

    # unconfirmed on hardware: that Amplitude_Voltage and Amplitude_Current are peak, not peak to peak
    """
    potentio = step.control == "potentiostatic"
    stem = "peis" if potentio else "geis"
    tick_s = time_base_s(stem, step.settle_s)
    parameters = [
        *(_potentiostatic(step, given) if potentio else _galvanostatic(step, given)),
        Parameter("Duration_step", float(step.settle_s)),
        Parameter("Initial_frequency", float(step.frequency_from_Hz)),
        Parameter("Final_frequency", float(step.frequency_to_Hz)),
        Parameter("sweep", value=False),  # logarithmic
        Parameter("Frequency_number", step.frequency_count),
        Parameter("Average_N_times", step.average),
        Parameter("Wait_for_steady", float(step.wait_periods)),
        Parameter("Correction", step.drift_correction),
        # the current of a potentiostatic spectrum spans decades and is not known beforehand; GEIS refuses AUTO
        *given.hardware(AUTO_RANGE if potentio else given.current_range(galvanostatic_range_A(step)), tick_s, "fast"),
    ]
    rows = (StepRows(numbers[0], StepKind.IMPEDANCE),)
    return [Technique(stem, tuple(parameters), tick_s, rows, given.service_limits)]


def _potentiostatic(step: Impedance, given: Loading) -> list[Parameter]:
    bias = step.bias or VoltagePoint(0.0, "open_circuit")
    return [
        Parameter("Initial_Voltage_step", float(bias.voltage_V)),
        Parameter("vs_initial", bias.versus == "open_circuit"),
        Parameter("Amplitude_Voltage", float(step.amplitude_peak_V or 0.0)),
        *by_time_and_current(given.record),
    ]


def _galvanostatic(step: Impedance, given: Loading) -> list[Parameter]:
    return [
        Parameter("Initial_Current_step", float(step.bias_current_A)),
        Parameter("vs_initial", value=False),
        Parameter("Amplitude_Current", float(step.amplitude_peak_A or 0.0)),
        *by_time_and_voltage(given.record),
    ]
