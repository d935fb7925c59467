"""Records under the preferred labels of the Battery Data Format (ontology 1.3.0)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from drivers.contracts import StepKind

__all__ = ["AMBIENT", "BDF_SCHEMA", "TEMPERATURE", "UNIX_TIME", "bdf_schema", "bdf_table", "step_id"]

UNIX_TIME = "Unix Time / s"
TEMPERATURE = "Temperature T1 / degC"
AMBIENT = "Ambient Temperature / degC"

_FIELDS: Mapping[str, tuple[str, pa.DataType]] = {
    "Test Time / s": ("test_time_s", pa.float64()),
    "Voltage / V": ("voltage_V", pa.float64()),
    "Current / A": ("current_A", pa.float64()),
    UNIX_TIME: ("unix_time_s", pa.float64()),
    "Cycle Count / 1": ("cycle", pa.int64()),
    "Step Count / 1": ("step_count", pa.int64()),
    "Step ID": ("step", pa.string()),
    "Step Type": ("step_kind", pa.string()),
    "Step Time / s": ("step_time_s", pa.float64()),
    "Record Index / 1": ("record", pa.int64()),
    "Charging Capacity / Ah": ("charging_capacity_Ah", pa.float64()),
    "Discharging Capacity / Ah": ("discharging_capacity_Ah", pa.float64()),
    "Step Charging Capacity / Ah": ("step_charging_capacity_Ah", pa.float64()),
    "Step Discharging Capacity / Ah": ("step_discharging_capacity_Ah", pa.float64()),
    "Charging Energy / Wh": ("charging_energy_Wh", pa.float64()),
    "Discharging Energy / Wh": ("discharging_energy_Wh", pa.float64()),
    TEMPERATURE: ("temperature_degC", pa.float64()),
    AMBIENT: ("ambient_degC", pa.float64()),
}

BDF_SCHEMA = pa.schema([(label, kind) for label, (_, kind) in _FIELDS.items()])

_MAY_BE_NULL = frozenset({TEMPERATURE, AMBIENT})
_STEP_TYPES = pa.array([kind.name.lower() for kind in sorted(StepKind)])


def bdf_schema(*, temperature: bool, ambient: bool) -> pa.Schema:
    """Columns of a file; a temperature's is left out where the cell's, or the chamber's, was never measured."""
    absent = {label for label, measured in ((TEMPERATURE, temperature), (AMBIENT, ambient)) if not measured}
    return pa.schema([field for field in BDF_SCHEMA if field.name not in absent])


def step_id(segment: int, step: int) -> str:
    """Return a step's name in the exported files: plan item and instrument step number, ``s0.3``."""
    return f"s{segment}.{step}"


def bdf_table(segment: int, columns: Mapping[str, npt.NDArray[Any]], schema: pa.Schema) -> pa.Table:
    """Label the columns of one chunk: those of a RecordChunk together with those of StepTotals."""
    arrays = []
    for label in schema.names:
        name, kind = _FIELDS[label]
        if label == "Step ID":
            arrays.append(_step_ids(segment, columns[name]))
        elif label == "Step Type":
            arrays.append(_STEP_TYPES.take(pa.array(columns[name])))
        else:
            arrays.append(pa.array(columns[name], type=kind, from_pandas=label in _MAY_BE_NULL))  # NaN becomes null
    return pa.table(arrays, schema=schema)


def _step_ids(segment: int, steps: npt.NDArray[Any]) -> pa.Array:
    distinct, places = np.unique(steps, return_inverse=True)
    return pa.array([step_id(segment, int(step)) for step in distinct], type=pa.string()).take(pa.array(places))
