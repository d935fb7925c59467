"""The points of one spectrum as EC-Lab text: the imaginary part with its sign turned, the phase in degrees."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from protocols.plan import Plan, Segment
from protocols.program import Impedance, walk

__all__ = ["SPECTRUM_SCHEMA", "spectrum_table", "spectrum_technique"]

SPECTRUM_SCHEMA = pa.schema(
    [
        ("freq/Hz", pa.float64()),  # readers want these three first
        ("Re(Z)/Ohm", pa.float64()),
        ("-Im(Z)/Ohm", pa.float64()),
        ("|Z|/Ohm", pa.float64()),
        ("Phase(Z)/deg", pa.float64()),
        ("time/s", pa.float64()),
        ("<Ewe>/V", pa.float64()),
        ("<I>/mA", pa.float64()),
        ("cycle number", pa.int64()),
        ("|Ewe|/V", pa.float64()),
        ("|I|/A", pa.float64()),
    ]
)
_TECHNIQUES = {
    "potentiostatic": "Potentio Electrochemical Impedance Spectroscopy",
    "galvanostatic": "Galvano Electrochemical Impedance Spectroscopy",
}


def spectrum_table(columns: Mapping[str, npt.NDArray[Any]]) -> pa.Table:
    """Points as in SPECTRUM_COLUMNS, under EC-Lab's names."""
    values = (
        columns["frequency_Hz"],
        columns["z_real_Ohm"],
        -columns["z_imag_Ohm"],
        np.hypot(columns["z_real_Ohm"], columns["z_imag_Ohm"]),
        np.degrees(columns["phase_rad"]),
        columns["test_time_s"],
        columns["voltage_V"],
        columns["current_A"] * 1e3,
        columns["cycle"],
        columns["voltage_amplitude_V"],
        columns["current_amplitude_A"],
    )
    arrays = [pa.array(value, type=field.type) for value, field in zip(values, SPECTRUM_SCHEMA, strict=True)]
    return pa.table(arrays, schema=SPECTRUM_SCHEMA)


def spectrum_technique(plan: Plan, item: int, line: int | None) -> str:
    """EC-Lab's name of the technique that the step on this line of the protocol carries out."""
    ordered = plan.items[item] if item < len(plan.items) else None
    steps = walk(ordered.program.steps) if isinstance(ordered, Segment) else ()
    controls = [step.control for step in steps if isinstance(step, Impedance) and line in (None, step.origin.line)]
    return _TECHNIQUES[controls[0] if controls else "potentiostatic"]
