"""One batch on its way to the database."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field

from drivers.contracts import Columns

__all__ = ["RecordJob"]


@dataclass(frozen=True, slots=True)
class RecordJob:
    """A checked batch: its records, the points of its spectra (empty where there are none), the cursor behind both."""

    run_id: int
    segment_id: int
    columns: Columns
    cursor: str
    spectra: Columns = field(default_factory=dict)
    future: Future[None] = field(default_factory=Future)

    @property
    def weight(self) -> int:
        """Rows in it, at least 1."""
        return max(1, len(self.columns["seq"]) + (len(self.spectra["seq"]) if self.spectra else 0))

    @property
    def first_seq(self) -> int | None:
        """Sequence number of the first record, None if there is none."""
        return int(self.columns["seq"][0]) if len(self.columns["seq"]) else None

    @property
    def first_point(self) -> int | None:
        """Sequence number of the first point, None if there is none."""
        return int(self.spectra["seq"][0]) if self.spectra else None
