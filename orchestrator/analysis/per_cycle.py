"""Per-cycle quantities from the instrument's own counters; a cycle that is not whole yields none of them."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from orchestrator.analysis.dataset import RunData
from orchestrator.analysis.ranges import spoken
from orchestrator.analysis.result import Column, Scalar, Table

__all__ = ["COLUMNS", "cell_warnings", "exclusion_warnings", "per_cycle", "to_table"]

COLUMNS: dict[str, Column] = {
    "cycle": Column("cycle"),
    "label": Column("label"),
    "excluded": Column("excluded"),
    "charge_capacity_mAh": Column("charge capacity", "mAh"),
    "discharge_capacity_mAh": Column("discharge capacity", "mAh"),
    "charge_specific_capacity_mAh_per_g": Column("charge specific capacity", "mAh/g"),
    "discharge_specific_capacity_mAh_per_g": Column("discharge specific capacity", "mAh/g"),
    "charge_areal_capacity_mAh_per_cm2": Column("charge areal capacity", "mAh/cm2"),
    "discharge_areal_capacity_mAh_per_cm2": Column("discharge areal capacity", "mAh/cm2"),
    "charge_energy_mWh": Column("charge energy", "mWh"),
    "discharge_energy_mWh": Column("discharge energy", "mWh"),
    "coulombic_efficiency_pct": Column("coulombic efficiency", "%"),
    "energy_efficiency_pct": Column("energy efficiency", "%"),
    "mean_charge_voltage_V": Column("mean charge voltage", "V"),
    "mean_discharge_voltage_V": Column("mean discharge voltage", "V"),
    "voltage_hysteresis_V": Column("voltage hysteresis", "V"),
    "duration_h": Column("duration", "h"),
}
"""Columns of the frame and how a table heads them; those of a missing mass or area are absent."""

_COUNTERS = (
    *("charge_capacity_Ah", "discharge_capacity_Ah", "charge_energy_Wh", "discharge_energy_Wh"),
    *("started_test_time_s", "ended_test_time_s"),
)
_Floats = npt.NDArray[np.float64]


def per_cycle(run: RunData, cell_type: Literal["half", "full"]) -> pd.DataFrame:
    """One row per cycle of the run, COLUMNS of those that the cell allows.

    ``excluded`` says why a cycle is left out (incomplete, gap, no charge, no discharge, no current) or is empty;
    such a row keeps the bare counters, its efficiencies and mean voltages are NaN. Efficiency is that of one and the
    same cycle: delithiation / lithiation (charge / discharge) in a half cell, discharge / charge in a full cell. Mean
    voltage = energy / capacity. Energy efficiency is a full cell's alone.
    """
    raw = run.cycles
    excluded = _exclusions(raw)
    whole = excluded == ""
    counted = {name: raw[name].to_numpy(dtype=float) for name in _COUNTERS}
    columns: dict[str, object] = {"cycle": raw["cycle"].to_numpy(), "label": raw["label"].array, "excluded": excluded}
    for direction in ("charge", "discharge"):
        capacity_mAh = 1e3 * counted[f"{direction}_capacity_Ah"]
        columns[f"{direction}_capacity_mAh"] = capacity_mAh
        columns[f"{direction}_energy_mWh"] = 1e3 * counted[f"{direction}_energy_Wh"]
        if run.cell.active_mass_g:
            columns[f"{direction}_specific_capacity_mAh_per_g"] = capacity_mAh / run.cell.active_mass_g
        if run.cell.area_cm2:
            columns[f"{direction}_areal_capacity_mAh_per_cm2"] = capacity_mAh / run.cell.area_cm2
    kept = {name: np.where(whole, column, np.nan) for name, column in counted.items()}
    out, into = ("charge", "discharge") if cell_type == "half" else ("discharge", "charge")
    columns["coulombic_efficiency_pct"] = 1e2 * _ratio(kept[f"{out}_capacity_Ah"], kept[f"{into}_capacity_Ah"])
    if cell_type == "full":  # against lithium, the energy of a half cell's two directions has no such meaning
        columns["energy_efficiency_pct"] = 1e2 * _ratio(kept[f"{out}_energy_Wh"], kept[f"{into}_energy_Wh"])
    mean_V = {way: _ratio(kept[f"{way}_energy_Wh"], kept[f"{way}_capacity_Ah"]) for way in ("charge", "discharge")}
    columns |= {f"mean_{way}_voltage_V": voltage_V for way, voltage_V in mean_V.items()}
    columns["voltage_hysteresis_V"] = mean_V["charge"] - mean_V["discharge"]
    columns["duration_h"] = (counted["ended_test_time_s"] - counted["started_test_time_s"]) / 3600
    # one frame from whole columns: one column after the other takes ten times as long
    return pd.DataFrame({name: columns[name] for name in COLUMNS if name in columns}, index=raw.index)


def to_table(frame: pd.DataFrame, name: str) -> Table:
    """Return the frame of ``per_cycle`` as a table of a result."""
    rows = zip(*(map(_scalar, frame[column]) for column in frame.columns), strict=True)
    return Table(name, tuple(COLUMNS[column] for column in frame.columns), tuple(rows))


def exclusion_warnings(frame: pd.DataFrame) -> list[str]:
    """One line for each reason why cycles were left out."""
    remarks = {
        "incomplete": "not complete",
        "gap": "with records known to be missing",
        "no charge": "without a charge",
        "no discharge": "without a discharge",
        "no current": "without any current",
    }
    lines = []
    for reason, remark in remarks.items():
        cycles = frame.loc[frame["excluded"] == reason, "cycle"]
        if len(cycles):
            lines.append(f"{spoken(cycles)} left out: {remark}")
    return lines


def cell_warnings(run: RunData) -> list[str]:
    """One line for each thing about the cell that limits what can be said."""
    lines = []
    if not run.cell.active_mass_g:
        lines.append(f"cell {run.cell.id} has no active mass: nothing is given per gram")
    if not run.cell.area_cm2:
        lines.append(f"cell {run.cell.id} has no area: nothing is given per cm2")
    launched_g = run.plan.cell.active_mass_g if run.plan else None
    if launched_g and run.cell.active_mass_g and not math.isclose(launched_g, run.cell.active_mass_g):
        lines.append(f"active mass is {run.cell.active_mass_g:g} g now and was {launched_g:g} g at launch; used: now")
    return lines


def _exclusions(raw: pd.DataFrame) -> npt.NDArray[np.object_]:
    charge, discharge = (raw[f"{way}_capacity_Ah"].to_numpy(dtype=float) > 0 for way in ("charge", "discharge"))
    reasons = [
        (raw["gap"].to_numpy(dtype=bool), "gap"),
        (~raw["complete"].to_numpy(dtype=bool), "incomplete"),
        (~charge & ~discharge, "no current"),
        (~charge, "no charge"),
        (~discharge, "no discharge"),
    ]
    return np.select([condition for condition, _ in reasons], [text for _, text in reasons], "").astype(object)


def _ratio(numerator: _Floats, denominator: _Floats) -> _Floats:
    quotient: _Floats = np.full(len(numerator), np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient


def _scalar(entry: object) -> Scalar:
    if entry is None or (isinstance(entry, float) and not math.isfinite(entry)):
        return None
    if isinstance(entry, np.generic):
        return _scalar(entry.item())
    return entry if isinstance(entry, bool | int | float) else str(entry)
