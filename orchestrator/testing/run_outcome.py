"""What came of a run on the virtual lab: its state, its data, what its analyses found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from orchestrator.analysis.dataset import Dataset
from orchestrator.analysis.result import AnalysisResult

__all__ = ["RunOutcome"]


@dataclass(frozen=True)
class RunOutcome:
    """Of one run that is over. Frames are those of :class:`orchestrator.analysis.dataset.RunData`."""

    run_id: int
    state: str
    """``completed``, ``stopped`` or ``failed``."""
    reason: str | None
    """Why it failed, in one line."""
    dataset: Dataset
    results: Mapping[str, AnalysisResult]
    """By the name of the analysis."""
    analysis_errors: Mapping[str, str]
    """Likewise, of analyses that could not be done."""
    alarms: tuple[str, ...]
    """Everything that a person would have been told during the test, oldest first."""
    gaps: tuple[str, ...]
    """What is known of records that nobody has."""

    @property
    def records(self) -> pd.DataFrame:
        """One row a record: ``test_time_s``, ``voltage_V``, ``current_A`` and the other columns of a record."""
        return self.dataset.runs[0].records

    @property
    def cycles(self) -> pd.DataFrame:
        """One row a cycle: ``charge_capacity_Ah``, ``discharge_capacity_Ah`` and the other columns of a cycle."""
        return self.dataset.runs[0].cycles

    @property
    def spectra(self) -> pd.DataFrame:
        """One row a point of impedance: ``frequency_Hz``, ``z_real_Ohm``, ``z_imag_Ohm`` and the others of a point."""
        return self.dataset.runs[0].spectra

    def value(self, analysis: str, name: str) -> float | None:
        """One number that an analysis found. Raises KeyError."""
        return self.results[analysis].value(name).value
