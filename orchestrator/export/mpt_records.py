"""The records of a run as EC-Lab text: current in mA, charge in mA.h, times of the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

__all__ = ["mpt_schema", "mpt_table"]

_TEMPERATURE = "Temperature/°C"
_FIELDS: Mapping[str, pa.DataType] = {
    "ox/red": pa.int64(),
    "Ns": pa.int64(),
    "time/s": pa.float64(),
    "Ewe/V": pa.float64(),
    "<I>/mA": pa.float64(),
    "(Q-Qo)/mA.h": pa.float64(),
    "Q charge/discharge/mA.h": pa.float64(),
    "cycle number": pa.int64(),
    _TEMPERATURE: pa.float64(),
}


def mpt_schema(*, temperature: bool) -> pa.Schema:
    """Columns of a file; the temperature's is left out where the run never measured one."""
    return pa.schema([(label, kind) for label, kind in _FIELDS.items() if temperature or label != _TEMPERATURE])


def mpt_table(columns: Mapping[str, npt.NDArray[Any]], schema: pa.Schema) -> pa.Table:
    """One chunk: the columns of a RecordChunk together with those of StepTotals."""
    net_Ah = columns["charging_capacity_Ah"] - columns["discharging_capacity_Ah"]
    step_Ah = columns["step_charging_capacity_Ah"] - columns["step_discharging_capacity_Ah"]
    values = {
        "ox/red": (columns["current_A"] > 0).astype(np.int64),
        "Ns": columns["step"],
        "time/s": columns["test_time_s"],
        "Ewe/V": columns["voltage_V"],
        "<I>/mA": columns["current_A"] * 1e3,
        "(Q-Qo)/mA.h": net_Ah * 1e3,
        "Q charge/discharge/mA.h": step_Ah * 1e3,
        "cycle number": columns["cycle"],
        _TEMPERATURE: columns["temperature_degC"],
    }
    arrays = [pa.array(values[field.name], type=field.type, from_pandas=True) for field in schema]
    return pa.table(arrays, schema=schema)
