"""What an analysis sees: one or more runs, each with its cell, as pandas frames whose columns carry their units."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from drivers.contracts import RECORD_COLUMNS, SPECTRUM_COLUMNS
from orchestrator.analysis.errors import AnalysisError
from protocols.cell import Cell
from protocols.plan import Plan

__all__ = ["CYCLE_COLUMNS", "TEMPERATURE_FROM", "Dataset", "RunData"]

TEMPERATURE_FROM = "temperature_from"
"""Further column of ``RunData.spectra`` where a chamber's process value stands for a temperature of the cell's own."""

CYCLE_COLUMNS = (
    "cycle",
    "complete",
    "gap",
    "label",
    "started_test_time_s",
    "ended_test_time_s",
    "charge_capacity_Ah",
    "discharge_capacity_Ah",
    "charge_energy_Wh",
    "discharge_energy_Wh",
)
"""Columns of ``RunData.cycles``: the instrument's own counters, one row per cycle of the run."""


@dataclass(frozen=True)
class RunData:
    """One run of one cell. Frames are read only: analyses copy before they change anything."""

    run_id: int
    cell: Cell
    """As the laboratory knows it now; the plan holds the cell as it was at launch."""
    protocol: str
    cycles: pd.DataFrame
    """CYCLE_COLUMNS, sorted by ``cycle``."""
    plan: Plan | None = None
    read_records: Callable[[], pd.DataFrame] | None = field(default=None, repr=False)
    """How the records are fetched when an analysis first asks for them; None: there are none."""
    read_spectra: Callable[[], pd.DataFrame] | None = field(default=None, repr=False)
    """How the points of impedance spectra are fetched, likewise."""

    @cached_property
    def records(self) -> pd.DataFrame:
        """RECORD_COLUMNS and ``record``, with cycles and test time of the run. Raises AnalysisError: there are none."""
        if self.read_records is None:
            raise AnalysisError(f"run {self.run_id} comes without records; this analysis needs them")
        return self.read_records()

    @cached_property
    def spectra(self) -> pd.DataFrame:
        """SPECTRUM_COLUMNS; ``spectrum``, ``cycle`` and test time count through the run. Empty where there are none."""
        if self.read_spectra is None:
            return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in SPECTRUM_COLUMNS.items()})
        return self.read_spectra()

    @property
    def spectra_used(self) -> bool:
        """Whether an analysis has asked for the spectra."""
        return "spectra" in self.__dict__

    @property
    def records_used(self) -> bool:
        """Whether an analysis has asked for the records."""
        return "records" in self.__dict__

    @property
    def has_records(self) -> bool:
        """Whether there are records to ask for."""
        return self.read_records is not None

    @property
    def labels(self) -> Mapping[int, str | None]:
        """The technician's label of each cycle."""
        pairs = zip(self.cycles["cycle"], self.cycles["label"], strict=True)
        return {int(cycle): None if pd.isna(label) else str(label) for cycle, label in pairs}


@dataclass(frozen=True)
class Dataset:
    """The runs that an analysis is asked about, in the order asked for."""

    runs: tuple[RunData, ...]

    def __post_init__(self) -> None:
        if not self.runs:
            raise AnalysisError("a dataset needs at least one run")

    @property
    def cycles(self) -> pd.DataFrame:
        """Cycles of all runs, with a leading column ``run_id``."""
        return _stacked({run.run_id: run.cycles for run in self.runs})

    @property
    def records(self) -> pd.DataFrame:
        """Records of all runs, with a leading column ``run_id``."""
        return _stacked({run.run_id: run.records for run in self.runs})

    @property
    def input_sha256(self) -> str:
        """Hash of the data used so far: cells, cycles, protocols, and the records where an analysis asked for them."""
        digest = hashlib.sha256()
        for run in self.runs:
            plan_sha256 = run.plan.protocol_sha256 if run.plan else None
            head = [run.run_id, asdict(run.cell), run.protocol, plan_sha256]
            digest.update(json.dumps(head, sort_keys=True).encode())
            _hash_frame(digest, run.cycles)
            if run.records_used:
                _hash_frame(digest, run.records)
            if run.spectra_used:
                _hash_frame(digest, run.spectra)
        return digest.hexdigest()

    @classmethod
    def from_frames(
        cls,
        cycles: pd.DataFrame,
        *,
        cell: Cell,
        records: pd.DataFrame | None = None,
        spectra: pd.DataFrame | None = None,
        plan: Plan | None = None,
        protocol: str = "",
        run_id: int = 0,
    ) -> Dataset:
        """Return a dataset of one run from frames at hand: CYCLE_COLUMNS, RECORD_COLUMNS and SPECTRUM_COLUMNS.

        Without a column ``record`` the records' ``seq`` counts them. Raises AnalysisError where a column is missing.
        """
        _require(cycles, CYCLE_COLUMNS, "cycles")
        ordered = cycles.sort_values("cycle", ignore_index=True)
        return cls((RunData(run_id, cell, protocol, ordered, plan, _given_records(records), _given_spectra(spectra)),))


def _given_records(records: pd.DataFrame | None) -> Callable[[], pd.DataFrame] | None:
    if records is None:
        return None
    _require(records, RECORD_COLUMNS, "records")
    numbered = records if "record" in records.columns else records.assign(record=records["seq"])
    return lambda: numbered


def _given_spectra(spectra: pd.DataFrame | None) -> Callable[[], pd.DataFrame] | None:
    if spectra is None:
        return None
    _require(spectra, SPECTRUM_COLUMNS, "spectra")
    return lambda: spectra


def _require(frame: pd.DataFrame, columns: Iterable[str], what: str) -> None:
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise AnalysisError(f"the frame of {what} lacks {', '.join(missing)}")


def _stacked(frames: Mapping[int, pd.DataFrame]) -> pd.DataFrame:
    parts: Sequence[pd.DataFrame] = [
        pd.concat([pd.Series(run_id, index=frame.index, name="run_id"), frame], axis=1)
        for run_id, frame in frames.items()
    ]
    return pd.concat(parts, ignore_index=True)


def _hash_frame(digest: Any, frame: pd.DataFrame) -> None:
    for name in frame.columns:
        column = frame[name]
        digest.update(str(name).encode())
        if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
            digest.update(np.ascontiguousarray(column.to_numpy(dtype="<f8")).tobytes())
        else:
            digest.update(json.dumps([None if pd.isna(entry) else str(entry) for entry in column]).encode())
