"""How peak currents grow with the scan rate: i = a v^b (Zhang et al. 2024, Eq. 4); 1 at a surface, 0.5 by diffusion."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.analysis.line_fit import LineFit, fit_line
from orchestrator.analysis.result import Value
from orchestrator.analysis.voltammetry.peak import Baseline, Peak, find_peak
from orchestrator.analysis.voltammetry.sweep import SweepDirection
from orchestrator.analysis.voltammetry.voltammogram import Voltammogram

__all__ = ["PeakSeries", "peak_series"]

_JUMP_V = 0.15


@dataclass(frozen=True, slots=True)
class PeakSeries:
    """One direction's peak at every scan rate; None where a rate shows none."""

    direction: SweepDirection
    baseline: Baseline
    rates_V_s: tuple[float, ...]
    peaks: tuple[Peak | None, ...]
    line: LineFit | None
    """Of ln(ip/A) over ln(v/(V/s)); None with fewer than two peaks."""

    @property
    def exponent(self) -> float | None:
        """The b value."""
        return self.line.slope if self.line else None

    @property
    def rate_V_s(self) -> list[float]:
        """Rates that show a peak."""
        return [rate for rate, peak in zip(self.rates_V_s, self.peaks, strict=True) if peak]

    @property
    def peak_A(self) -> list[float]:
        """Their peak currents above the baseline, magnitudes."""
        return [peak.current_A for peak in self.peaks if peak]

    def b_value(self) -> Value:
        """Return b with its confidence interval in the note."""
        name = f"b value, {self.direction}"
        if self.line is None:
            return Value(name, None, "1", note="fewer than two scan rates show a peak inside the window")
        note = f"log-log over {self.line.n} rates, baseline {self.baseline}"
        if self.line.half_width is None:
            return Value(name, self.line.slope, "1", note=f"{note}; no interval: two points make any line")
        note += f"; 95 % confidence ± {self.line.half_width:.2g}"
        return Value(name, self.line.slope, "1", self.line.slope_error, note)

    @property
    def warnings(self) -> list[str]:
        """Assumptions that fail, one line each."""
        lines = []
        missing = [f"{1e3 * rate:.3g}" for rate, peak in zip(self.rates_V_s, self.peaks, strict=True) if not peak]
        if missing:
            lines.append(f"no {self.direction} peak inside the window at {', '.join(missing)} mV/s")
        at_V = [peak.voltage_V for peak in self.peaks if peak]
        if at_V and max(at_V) - min(at_V) > _JUMP_V:
            shift = f"from {min(at_V):.2f} to {max(at_V):.2f} V"
            lines.append(
                f"the highest {self.direction} peak moves {shift}: two peaks? see {self.direction}_peak_near_V"
            )
        return lines


def peak_series(
    voltammograms: Sequence[Voltammogram], direction: SweepDirection, baseline: Baseline, near_V: float | None
) -> PeakSeries:
    """Find the peak of every rate in one direction, and b."""
    rates = tuple(one.rate_V_s for one in voltammograms)
    peaks = tuple(find_peak(one.sweep(direction), baseline, near_V) for one in voltammograms)
    found = [(rate, peak.current_A) for rate, peak in zip(rates, peaks, strict=True) if peak and peak.current_A > 0]
    line = None
    if len(found) > 1:
        line = fit_line([math.log(rate) for rate, _ in found], [math.log(current) for _, current in found])
    return PeakSeries(direction, baseline, rates, peaks, line)
