"""The tables of ``voltammetry``, made for plotting. Currents per gram where the mass is known, else in mA."""

from __future__ import annotations

import math
from collections.abc import Sequence

from orchestrator.analysis.result import Column, Scalar, Table
from orchestrator.analysis.voltammetry.b_value import PeakSeries
from orchestrator.analysis.voltammetry.surface_part import Split
from orchestrator.analysis.voltammetry.voltammogram import DIRECTIONS, Voltammogram

__all__ = ["curves_table", "peaks_table", "shares_table", "split_table"]

_RATE = Column("scan rate", "mV/s")


def peaks_table(series: Sequence[PeakSeries], chosen: Sequence[Voltammogram], mass_g: float | None) -> Table:
    """One row a direction and rate that shows a peak; ``line`` is a v^b."""
    factor, unit = _scale(mass_g)
    columns = (
        *(_RATE, Column("direction"), Column("label"), Column("cycle"), Column("peak potential", "V")),
        *(Column("peak current", unit), Column("baseline", unit), Column("line", unit)),
    )
    rows: list[tuple[Scalar, ...]] = []
    for one in series:
        for voltammogram, peak in zip(chosen, one.peaks, strict=True):
            if peak is None:
                continue
            sweep = voltammogram.sweep(one.direction)
            rate = voltammogram.rate_V_s
            line = factor * math.exp(one.line.at(math.log(rate))) if one.line else None
            rows.append(
                (
                    *(1e3 * rate, one.direction, sweep.label, sweep.cycle, peak.voltage_V),
                    *(factor * peak.current_A, factor * peak.baseline_A, line),
                )
            )
    return Table("peaks", columns, tuple(rows))


def shares_table(chosen: Sequence[Voltammogram], split: Split) -> Table:
    """One row a scan rate."""
    columns = (
        _RATE,
        Column("surface share", "%"),
        Column("share error", "%"),
        Column("whole cycles"),
        Column("cycle used"),
    )
    rows = []
    for place, one in enumerate(chosen):
        error = None if split.share_error is None else 1e2 * float(split.share_error[place])
        rows.append((1e3 * one.rate_V_s, 1e2 * float(split.share[place]), error, one.of, one.number))
    return Table("shares", columns, tuple(rows))


def split_table(split: Split, mass_g: float | None) -> Table:
    """k1 and k2 over the potential, per V/s."""
    factor, unit = _scale(mass_g)
    columns = (
        *(Column("direction"), Column("potential", "V")),
        *(Column("k1", f"{unit} s/V"), Column("k2", f"{unit} (s/V)^0.5")),
    )
    rows: list[tuple[Scalar, ...]] = []
    for way in DIRECTIONS:
        parts = zip(split.voltage_V[way].tolist(), split.k1[way].tolist(), split.k2[way].tolist(), strict=True)
        rows += [(way, voltage_V, factor * k1, factor * k2) for voltage_V, k1, k2 in parts]
    return Table("split", columns, tuple(rows))


def curves_table(chosen: Sequence[Voltammogram], split: Split, mass_g: float | None) -> Table:
    """Measured current and its surface part over the potential, at every rate; rows go round the cycle."""
    factor, unit = _scale(mass_g)
    columns = (
        _RATE,
        Column("direction"),
        Column("potential", "V"),
        Column("current", unit),
        Column("surface part", unit),
    )
    rows: list[tuple[Scalar, ...]] = []
    for place, one in enumerate(chosen):
        for way in DIRECTIONS:
            order = slice(None, None, 1 if way == "anodic" else -1)
            parts = zip(
                split.voltage_V[way][order].tolist(),
                (factor * split.current_A[way][place][order]).tolist(),
                (factor * one.rate_V_s * split.k1[way][order]).tolist(),
                strict=True,
            )
            rows += [(1e3 * one.rate_V_s, way, *part) for part in parts]
    return Table("curves", columns, tuple(rows))


def _scale(mass_g: float | None) -> tuple[float, str]:
    """Amperes to what the tables hold."""
    return (1 / mass_g, "A/g") if mass_g else (1e3, "mA")
