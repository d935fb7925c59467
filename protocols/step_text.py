"""Set points of sweeps and spectra in words: each a line that is read aloud."""

from __future__ import annotations

from protocols.program import Impedance, VoltagePoint, VoltageScan

__all__ = ["frequency_text", "impedance_text", "point_text", "scan_text"]


def point_text(point: VoltagePoint) -> str:
    """``1.5 V``, ``open circuit``, ``50 mV vs open circuit``."""
    if point.versus == "absolute":
        return f"{point.voltage_V:g} V"
    return f"{point.voltage_V * 1000:g} mV vs open circuit" if point.voltage_V else "open circuit"


def frequency_text(frequency_Hz: float) -> str:
    """``100 kHz``, ``0.1 Hz``."""
    for size_Hz, unit in ((1e6, "MHz"), (1e3, "kHz")):
        if frequency_Hz >= size_Hz:
            return f"{frequency_Hz / size_Hz:.6g} {unit}"
    return f"{frequency_Hz:.6g} Hz"


def scan_text(scan: VoltageScan) -> str:
    """``from open circuit to 0.01 V, 1.5 V at 0.1 mV/s, then to 1 V``."""
    turns = ", ".join(map(point_text, scan.turns))
    rate = scan.scan_rate_V_per_s
    speed = f"{rate:.6g} V/s" if rate >= 1 else f"{rate * 1000:.6g} mV/s"
    end = f", then to {point_text(scan.end)}" if scan.end else ""
    return f"from {point_text(scan.start)} to {turns} at {speed}{end}"


def impedance_text(step: Impedance) -> str:
    """``10 mV peak at open circuit, 100 kHz to 0.1 Hz, 61 points, average of 3``."""
    if step.bias is not None:
        drive = f"{(step.amplitude_peak_V or 0.0) * 1000:.4g} mV peak at {point_text(step.bias)}"
    else:
        bias_mA = step.bias_current_A * 1000
        drive = f"{(step.amplitude_peak_A or 0.0) * 1000:.4g} mA peak around {bias_mA:.6g} mA"
    span = f"{frequency_text(step.frequency_from_Hz)} to {frequency_text(step.frequency_to_Hz)}"
    average = f", average of {step.average}" if step.average > 1 else ""
    correction = ", drift corrected" if step.drift_correction else ""
    settle = f", after {step.settle_s:g} s there" if step.settle_s else ""
    return f"{drive}{settle}, {span}, {step.frequency_count} points{average}{correction}"
