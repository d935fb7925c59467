"""What was measured in a run: records, cycles, curves, spectra, files."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zipfile import ZipFile

from orchestrator.client.connection import Connection
from orchestrator.web.models.page import Page
from orchestrator.web.models.plots import MarksAnswer, VoltammogramAnswer
from orchestrator.web.models.records import CycleAnswer, RecordsAnswer
from orchestrator.web.models.spectra import SpectrumAnswer, SpectrumDetail

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

__all__ = ["DataCalls"]


class DataCalls(Connection):
    """The data of runs."""

    def records(
        self, run_id: int, *, start_s: float | None = None, end_s: float | None = None, buckets: int | None = None
    ) -> RecordsAnswer:
        """Records of a window of test time; with ``buckets`` the minima and maxima of about so many stretches."""
        window = {"start_s": start_s, "end_s": end_s, "buckets": buckets}
        return self.get(RecordsAnswer, f"runs/{run_id}/records", window)

    def record_columns(self, run_id: int, start_s: float, end_s: float) -> dict[str, npt.NDArray[np.float64]]:
        """Whole records of a window of test time as columns, NaN where there is no value; many times as fast."""
        import numpy as np  # noqa: PLC0415 - who asks for no records need not load them
        import pyarrow as pa  # noqa: PLC0415

        stream = self.content(f"runs/{run_id}/records.arrow", {"start_s": start_s, "end_s": end_s})
        table = pa.ipc.open_stream(stream).read_all()
        return {name: np.asarray(table[name].to_numpy(), dtype=float) for name in table.column_names}

    def save_records(
        self,
        run_id: int,
        file_format: Literal["csv", "arrow"],
        target: Path,
        *,
        start_s: float | None = None,
        end_s: float | None = None,
    ) -> Path:
        """Whole records of a window of test time into a file, however many there are."""
        window = {"start_s": start_s, "end_s": end_s}
        return self.download(f"runs/{run_id}/records.{file_format}", window, target)

    def cycles(self, run_id: int) -> list[CycleAnswer]:
        """Cycles of a run."""
        return self.get(list[CycleAnswer], f"runs/{run_id}/cycles")

    def marks(self, run_id: int) -> MarksAnswer:
        """Events, alarms and known gaps on the run's test time."""
        return self.get(MarksAnswer, f"runs/{run_id}/marks")

    def voltammograms(self, run_id: int, *, newest: int = 50, points: int = 500) -> list[VoltammogramAnswer]:
        """Cycles of voltage sweeps as curves, thinned out for drawing."""
        query = {"newest": newest, "points": points}
        return self.get(list[VoltammogramAnswer], f"runs/{run_id}/voltammograms", query)

    def spectra(self, run_id: int, *, limit: int = 50, offset: int = 0) -> Page[SpectrumAnswer]:
        """Impedance spectra of a run, in the order in which they were measured."""
        return self.get(Page[SpectrumAnswer], f"runs/{run_id}/spectra", {"limit": limit, "offset": offset})

    def spectrum(self, run_id: int, number: int) -> SpectrumDetail:
        """One impedance spectrum with its points."""
        return self.get(SpectrumDetail, f"runs/{run_id}/spectra/{number}")

    def export(self, run_id: int, file_format: str, folder: Path) -> list[Path]:
        """Write a run as files into a folder that exists; returns them."""
        archive = folder / f".run-{run_id}.{os.getpid()}.zip"
        self.download(f"runs/{run_id}/export", {"format": file_format}, archive)
        try:
            with ZipFile(archive) as zipped:
                return [_unpack(zipped, name, folder) for name in zipped.namelist()]
        finally:
            archive.unlink()


def _unpack(zipped: ZipFile, name: str, folder: Path) -> Path:
    """One file, under its bare name: nothing is ever written outside the folder."""
    target = folder / Path(name).name
    part = target.with_name(f".{target.name}.part")
    with zipped.open(name) as source, part.open("wb") as file:
        shutil.copyfileobj(source, file)
    return part.replace(target)
