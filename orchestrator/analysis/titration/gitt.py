"""The analysis ``gitt``: diffusion coefficient over the state of charge, from a titration's pulses and rests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from orchestrator.analysis.dataset import Dataset, RunData
from orchestrator.analysis.option_checks import non_negative
from orchestrator.analysis.provenance import run_used
from orchestrator.analysis.result import AnalysisResult, Column, Scalar, Table, Value, merge_runs
from orchestrator.analysis.titration.diffusion_length import DiffusionLength, diffusion_length
from orchestrator.analysis.titration.pulse import find_pulses
from orchestrator.analysis.titration.pulse_fit import PulseFit, fit_pulse
from protocols.program import Direction

__all__ = ["gitt"]

_DIRECTIONS: tuple[Direction, Direction] = ("discharge", "charge")


def gitt(
    dataset: Dataset,
    *,
    diffusion_length_um: float | None = None,
    particle_radius_um: float | None = None,
    molar_volume_cm3_per_mol: float | None = None,
    molar_mass_g_per_mol: float | None = None,
    area_cm2: float | None = None,
    skip_s: float = 1.0,
) -> AnalysisResult:
    """Evaluate every constant-current step between two rests by Weppner and Huggins' formula.

    The transient is the line of the voltage over the square root of time from ``skip_s`` on, so the ohmic drop is
    excluded. Values, for each direction: ``diffusion time, discharge`` in s (L²/D, which needs no length) and
    ``diffusion coefficient, discharge`` in cm2/s: the median of the pulses without a doubt, uncertainty their scatter.
    Table: ``pulses``. The length: ``diffusion_length_um``, or ``particle_radius_um``, or molar volume, molar mass and
    ``area_cm2``. Raises AnalysisError where the run has no pulse.
    """
    non_negative("skip_s", skip_s)
    results = []
    for run in dataset.runs:
        length = diffusion_length(
            run.cell,
            diffusion_length_um=diffusion_length_um,
            particle_radius_um=particle_radius_um,
            molar_volume_cm3_per_mol=molar_volume_cm3_per_mol,
            molar_mass_g_per_mol=molar_mass_g_per_mol,
            area_cm2=area_cm2,
        )
        results.append((run.run_id, _of_run(run, length, skip_s)))
    return merge_runs(results)


def _of_run(run: RunData, length: DiffusionLength | None, skip_s: float) -> AnalysisResult:
    fits = [fit_pulse(pulse, skip_s) for pulse in find_pulses(run)]
    values: list[Value] = []
    for direction in _DIRECTIONS:
        values += _values([fit for fit in fits if fit.pulse.direction == direction], direction, length)
    return AnalysisResult(
        values=tuple(values),
        tables=(_table(fits, run.cell.active_mass_g, length),),
        warnings=tuple(_warnings(fits)),
        provenance=(run_used(run, (fit.pulse.cycle for fit in fits)),),
    )


def _values(fits: Sequence[PulseFit], direction: Direction, length: DiffusionLength | None) -> list[Value]:
    if not fits:
        return []
    told = [fit for fit in fits if fit.rate_1_s is not None]
    trusted = [fit for fit in told if not fit.doubts] or told
    rates = np.array([fit.rate_1_s for fit in trusted], float)
    names = (f"diffusion time, {direction}", f"diffusion coefficient, {direction}")
    if not len(rates):
        note = f"none of {len(fits)} pulses tells: {fits[0].reason}"
        return [Value(names[0], None, "s", note=note), Value(names[1], None, "cm2/s", note=note)]
    note = f"median of {len(rates)} of {len(fits)} pulses"
    typical, scatter = float(np.median(rates)), _scatter(rates, trusted)
    time = Value(names[0], 1 / typical, "s", scatter / typical**2, f"{note}; L²/D")
    if length is None:
        lacking = "give diffusion_length_um, particle_radius_um, or molar_volume_cm3_per_mol"
        return [time, Value(names[1], None, "cm2/s", note=lacking)]
    square = length.length_cm**2
    return [time, Value(names[1], typical * square, "cm2/s", scatter * square, f"{note}; {length.source}")]


def _scatter(rates: np.ndarray, trusted: Sequence[PulseFit]) -> float:
    """Standard deviation over the pulses, robustly; of a single pulse its own error."""
    if len(rates) == 1:
        return trusted[0].rate_error_1_s or 0.0
    return float(1.4826 * np.median(np.abs(rates - np.median(rates))))


def _warnings(fits: Sequence[PulseFit]) -> list[str]:
    reasons = Counter(fit.reason for fit in fits if fit.reason)
    doubts = Counter(doubt for fit in fits for doubt in fit.doubts)
    lines = [f"{count} of {len(fits)} pulses tell nothing: {reason}" for reason, count in reasons.items()]
    lines += [f"{count} of {len(fits)} pulses in doubt: {doubt}" for doubt, count in doubts.items()]
    if not any(fit.rate_1_s is not None and not fit.doubts for fit in fits) and doubts:
        lines.append("no pulse is without doubt: the medians are over doubtful ones")
    return lines


def _table(fits: Sequence[PulseFit], mass_g: float | None, length: DiffusionLength | None) -> Table:
    charge_unit = "mAh/g" if mass_g else "mAh"
    columns = (
        *(Column("pulse"), Column("direction"), Column("cycle"), Column("net charge", charge_unit)),
        *(Column("voltage at rest", "V"), Column("current", "mA"), Column("duration", "s")),
        *(Column("ohmic and charge transfer", "mV"), Column("dEs", "mV"), Column("dEt", "mV")),
        *(Column("R squared", None), Column("bend", "%"), Column("D/L²", "1/s"), Column("D/L² error", "1/s")),
        *(Column("D", "cm2/s"), Column("remark")),
    )
    factor = 1e3 / mass_g if mass_g else 1e3
    return Table("pulses", columns, tuple(_row(fit, factor, length) for fit in fits))


def _row(fit: PulseFit, factor: float, length: DiffusionLength | None) -> tuple[Scalar, ...]:
    pulse = fit.pulse
    sign = 1 if pulse.direction == "charge" else -1
    middle_Ah = pulse.net_before_Ah + sign * pulse.charge_Ah / 2
    coefficient = None if length is None or fit.rate_1_s is None else fit.rate_1_s * length.length_cm**2
    return (
        *(pulse.number, pulse.direction, pulse.cycle, factor * middle_Ah),
        *((pulse.rest_before_V + pulse.rest_after_V) / 2, 1e3 * pulse.current_A, pulse.duration_s),
        *(_times(fit.ohmic_V, 1e3), 1e3 * fit.settled_step_V, _times(fit.transient_V, 1e3)),
        *(fit.line.r_squared if fit.line else None, _times(fit.bend, 1e2), fit.rate_1_s, fit.rate_error_1_s),
        *(coefficient, fit.reason or "; ".join(fit.doubts)),
    )


def _times(number: float | None, factor: float) -> float | None:
    return None if number is None else factor * number
