"""Impedance spectra of a run."""

from __future__ import annotations

from pydantic import BaseModel, Field

__all__ = ["SpectrumAnswer", "SpectrumDetail"]


class SpectrumAnswer(BaseModel):
    """One impedance spectrum."""

    spectrum: int = Field(description="Counts through the run, from 1.", examples=[3])
    cycle: int = Field(description="Cycle of the run.")
    item: int = Field(description="Index into the plan's items.")
    step: int = Field(description="Instrument step number.")
    label: str | None = Field(
        description="Of the step, as the protocol file has it.", examples=["impedance at 25 degC"]
    )
    line: int | None = Field(description="Line of the protocol file.")
    points: int = Field(description="So far, where it still goes on.", examples=[61])
    frequency_min_Hz: float
    frequency_max_Hz: float
    started_unix_s: float
    started_test_time_s: float
    ended_test_time_s: float
    voltage_V: float = Field(description="Mean over the points.")
    current_A: float = Field(description="Mean over the points.")
    temperature_degC: float | None = Field(description="Mean over the points; None where the instrument measures none.")


class SpectrumDetail(SpectrumAnswer):
    """One impedance spectrum with its points, as columns of equal length."""

    columns: dict[str, list[float | int | None]] = Field(
        examples=[{"frequency_Hz": [1e5, 5.6e4], "z_real_Ohm": [2.1, 2.2], "z_imag_Ohm": [-0.4, -0.6]}]
    )
