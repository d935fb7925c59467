"""At which temperature each spectrum was measured, and who says so."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from orchestrator.analysis.dataset import TEMPERATURE_FROM, RunData
from protocols.plan import Plan, Segment, SetTemperature
from protocols.program import Impedance, Loop, Step

__all__ = ["Temperature", "spectrum_temperatures"]

_IN_LABEL = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:degC|°C)")


@dataclass(frozen=True, slots=True)
class Temperature:
    """Degrees Celsius, or None where nobody tells."""

    degC: float | None
    source: str
    """``measured``, ``measured in oven-1`` (the chamber's air), ``set point of the plan``, ``label`` or ``unknown``."""
    label: str | None = None
    """The technician's label of the spectrum."""


def spectrum_temperatures(run: RunData) -> dict[int, Temperature]:
    """Return the temperature of each spectrum by its number.

    The mean of the measured points where there are any (by the instrument, or by the chamber around the cell), else the
    chamber's set point in the plan before this spectrum (spectra are counted against the plan), else the temperature
    that its label speaks of (``eis 25 degC``).
    """
    planned = list(_planned(run.plan)) if run.plan else []
    found = {}
    for number, points in run.spectra.groupby("spectrum", sort=True):
        place = int(str(number))
        label = run.labels.get(int(points["cycle"].iloc[0]))
        step_label, target_degC = planned[place - 1] if 0 < place <= len(planned) else (None, None)
        agrees = label is None or step_label is None or label == step_label
        label = label or step_label
        found[place] = _temperature(points, target_degC if agrees else None, label)
    return found


def _temperature(points: pd.DataFrame, target_degC: float | None, label: str | None) -> Temperature:
    measured_degC = float(points["temperature_degC"].mean())
    if not math.isnan(measured_degC):
        return Temperature(measured_degC, _measured_by(points), label)
    if target_degC is not None:
        return Temperature(target_degC, "set point of the plan", label)
    spoken = _IN_LABEL.search(label or "")
    if spoken:
        return Temperature(float(spoken.group(1)), "label", label)
    return Temperature(None, "unknown", label)


def _measured_by(points: pd.DataFrame) -> str:
    if TEMPERATURE_FROM not in points.columns or points[TEMPERATURE_FROM].isna().all():
        return "measured"
    return f"measured in {points[TEMPERATURE_FROM].dropna().iloc[0]}"


def _planned(plan: Plan) -> Iterator[tuple[str | None, float | None]]:
    """Label and set point of every spectrum in the order in which the plan carries them out."""
    target_degC: float | None = None
    for item in plan.items:
        if isinstance(item, SetTemperature):
            target_degC = item.target_degC
        elif isinstance(item, Segment):
            for step in _carried_out(item.program.steps):
                yield step.origin.label, target_degC


def _carried_out(steps: tuple[Step, ...]) -> Iterator[Impedance]:
    for step in steps:
        if isinstance(step, Loop):
            body = tuple(_carried_out(step.body))
            for _ in range(step.count if body else 0):
                yield from body
        elif isinstance(step, Impedance):
            yield step
