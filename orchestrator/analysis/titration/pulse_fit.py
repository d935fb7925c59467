"""What one pulse says: the voltage's line over the square root of time, and the relaxation rate D/L² in it.

Weppner and Huggins, J. Electrochem. Soc. 124 (1977) 1569: D = 4/(pi tau) L² (dEs/dEt)², for tau much shorter than L²/D.
dEs is the change from rest to rest; dEt = tau^0.5 dE/d(t^0.5) comes from a line through the pulse's own points, so that
the ohmic drop and charge transfer at its beginning stay out of it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from orchestrator.analysis.line_fit import LineFit, fit_line
from orchestrator.analysis.titration.pulse import Pulse

__all__ = ["PulseFit", "fit_pulse"]

_FEWEST_POINTS = 4
_SMALLEST_STEP_V = 2e-4
_STRAIGHT = 0.15
"""By how much the slope of the later half of the line may differ from that of the earlier."""
_UNSETTLED = 0.1
_LONGEST = 0.25
"""Of the diffusion time, for the formula to hold within 1 %."""


@dataclass(frozen=True, slots=True)
class PulseFit:
    """Numbers of one pulse; ``rate_1_s`` is D/L², None where ``reason`` tells why not."""

    pulse: Pulse
    settled_step_V: float
    """dEs, signed."""
    transient_V: float | None
    """dEt without the ohmic drop, signed."""
    ohmic_V: float | None
    """From rest to where the line begins, signed: ohmic drop and charge transfer."""
    line: LineFit | None
    bend: float | None
    """Slope of the line's later half over that of its earlier half, less one."""
    rate_1_s: float | None
    rate_error_1_s: float | None
    reason: str
    doubts: tuple[str, ...] = ()


def fit_pulse(pulse: Pulse, skip_s: float) -> PulseFit:
    """Fit a pulse from ``skip_s`` after its beginning to its end."""
    step_V = pulse.rest_after_V - pulse.rest_before_V
    used = pulse.elapsed_s >= skip_s
    root, voltage_V = np.sqrt(pulse.elapsed_s[used]), pulse.voltage_V[used]
    if len(np.unique(root)) < _FEWEST_POINTS:
        return _without(pulse, step_V, f"fewer than {_FEWEST_POINTS} records after {skip_s:g} s")
    line = fit_line(root, voltage_V)
    transient_V = line.slope * math.sqrt(pulse.duration_s)
    found = PulseFit(
        pulse=pulse,
        settled_step_V=step_V,
        transient_V=transient_V,
        ohmic_V=line.intercept - pulse.rest_before_V,
        line=line,
        bend=_bend(root, voltage_V),
        rate_1_s=None,
        rate_error_1_s=None,
        reason=_reason(pulse, step_V, transient_V),
    )
    return found if found.reason else _with_rate(found, line)


def _with_rate(found: PulseFit, line: LineFit) -> PulseFit:
    pulse = found.pulse
    rate = 4 / math.pi * (found.settled_step_V / pulse.duration_s / line.slope) ** 2
    slope_share = (line.slope_error or 0.0) / abs(line.slope)
    # how far the rest had still to go is not known better than by going on as long again
    step_share = abs(pulse.rest_after_slope_V_s * pulse.rest_after_s) / abs(found.settled_step_V) / 2
    error = 2 * rate * math.hypot(slope_share, step_share)
    return replace(found, rate_1_s=rate, rate_error_1_s=error, doubts=_doubts(found, rate))


def _reason(pulse: Pulse, step_V: float, transient_V: float) -> str:
    if pulse.gap:
        return "records are missing"
    if step_V * pulse.current_A <= 0 or transient_V * pulse.current_A <= 0:
        return "the voltage moves against the current"
    if abs(step_V) < _SMALLEST_STEP_V:
        return f"the voltage at rest changes by less than {1e3 * _SMALLEST_STEP_V:g} mV"
    return ""


def _doubts(found: PulseFit, rate: float) -> tuple[str, ...]:
    pulse, lines = found.pulse, []
    if found.bend is not None and abs(found.bend) > _STRAIGHT:
        lines.append("not straight over the square root of time")
    if pulse.duration_s * rate > _LONGEST:
        lines.append(f"longer than {_LONGEST:g} of the diffusion time")
    if abs(pulse.rest_after_slope_V_s * pulse.rest_after_s) > _UNSETTLED * abs(found.settled_step_V):
        lines.append("not at rest when the next pulse began")
    return tuple(lines)


def _bend(root: np.ndarray, voltage_V: np.ndarray) -> float | None:
    middle = (root[0] + root[-1]) / 2
    early, late = root <= middle, root >= middle
    if min(len(np.unique(root[early])), len(np.unique(root[late]))) < 2:
        return None
    first, second = fit_line(root[early], voltage_V[early]), fit_line(root[late], voltage_V[late])
    return second.slope / first.slope - 1 if first.slope else None


def _without(pulse: Pulse, step_V: float, reason: str) -> PulseFit:
    return PulseFit(pulse, step_V, None, None, None, None, None, None, reason)
