"""What failed to be stored and has to come again before anything behind it may be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.record_job import RecordJob

__all__ = ["Owed"]

_NAMES = {"records": "record {}", "spectra": "point {} of its spectra"}


class Owed:
    """By segment, what each failed job had brought first, in the order of their failing. Used by one thread."""

    def __init__(self) -> None:
        self._failed: dict[int, list[dict[str, int]]] = {}

    def __contains__(self, segment_id: int) -> bool:
        return segment_id in self._failed

    def refused(self, job: RecordJob) -> None:
        """Take note that nothing of this job is stored: it stands behind what failed before."""
        self._note(job.segment_id, _brought(job))

    def rolled_back(self, jobs: Iterable[RecordJob]) -> None:
        """Take note of jobs that had been admitted: they stand before what failed earlier, or are that."""
        jobs = list(jobs)
        earlier = {job.segment_id: self._failed.pop(job.segment_id, []) for job in jobs}
        for job in jobs:
            self._note(job.segment_id, _brought(job))
        for segment_id, failed in earlier.items():
            for brought in failed:
                self._note(segment_id, brought)

    def _note(self, segment_id: int, brought: Mapping[str, int]) -> None:
        failed = self._failed.get(segment_id, [])
        unknown: dict[str, int] = {}
        for table, first in brought.items():
            again = next((one for one in failed if one.get(table, 0) >= first), unknown)
            again[table] = first
        if unknown:
            self._failed[segment_id] = [*failed, unknown]

    def require_no_hole(self, job: RecordJob, stored: Mapping[str, int]) -> None:
        """Return when the job begins where an earlier one failed. Raises StoreUnavailable when it would leave a hole.

        ``stored`` holds the last number stored of each table: what is there by now is owed no longer. Records and
        points may come again in separate batches, in the order in which they came first.
        """
        failed = [
            owed
            for one in self._failed.pop(job.segment_id, [])
            if (owed := {table: first for table, first in one.items() if first > stored[table]})
        ]
        if not failed:
            return
        self._failed[job.segment_id] = failed
        brought = _brought(job)
        behind = [
            table for table, first in brought.items() if any(first > one[table] for one in failed if table in one)
        ]
        if behind or not failed[0].keys() & brought.keys():
            table = next(iter(failed[0]))
            first, last = (_NAMES[table].format(number) for number in (failed[0][table], stored[table]))
            raise StoreUnavailable(
                f"segment {job.segment_id}: an earlier batch (from {first}) was not stored; read again from the stored "
                f"cursor, behind {last}"
            )


def _brought(job: RecordJob) -> dict[str, int]:
    """The first number of each table that the job has rows for."""
    firsts = {"records": job.first_seq, "spectra": job.first_point}
    return {table: first for table, first in firsts.items() if first is not None}
