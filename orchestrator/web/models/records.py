"""Records of a run, whole or decimated."""

from __future__ import annotations

from pydantic import BaseModel, Field

__all__ = ["CycleAnswer", "RecordsAnswer"]


class RecordsAnswer(BaseModel):
    """Records of a time window, as columns of equal length."""

    run_id: int
    decimated: bool = Field(description="True: columns hold minimum and maximum over neighbouring records.")
    rows: int
    columns: dict[str, list[float | int | None]] = Field(
        examples=[{"test_time_s": [0.0, 10.0], "voltage_V": [3.01, 2.87], "current_A": [-0.00055, -0.00055]}]
    )


class CycleAnswer(BaseModel):
    """One cycle, from the instrument's own counters."""

    cycle: int
    complete: bool
    label: str | None
    started_test_time_s: float
    ended_test_time_s: float
    charge_capacity_Ah: float
    discharge_capacity_Ah: float
    charge_energy_Wh: float
    discharge_energy_Wh: float
    gap: bool = Field(description="True: records of this cycle are known to be missing.")
