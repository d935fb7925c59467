"""Reading the records of one test: chunk by chunk from the cursor on, nothing lost, nothing twice."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from drivers.contracts import Batch, Columns
from drivers.neware.address import Address
from drivers.neware.client import BtsClient
from drivers.neware.cursor import Position
from drivers.neware.download_rows import RowColumns
from drivers.neware.records import Sequenced, join, record_columns, sequence
from drivers.neware.requests import DOWNLOAD_ROWS_MAX

__all__ = ["RecordReader"]


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Turns downloads into batches. Keeps nothing between calls: the cursor says it all."""

    client: BtsClient
    zone: ZoneInfo
    temperature_aux: str

    def read(self, address: Address, test_id: str, cursor: str, limit: int, count: int | None) -> Batch:
        """Read at most about ``limit`` records after the cursor, ``count`` being how many the test has, if known.

        An incomplete reply (a PC short of memory leaves rows out without a word) is asked for once more; rows that are
        missing then are named in ``problems`` and passed over.
        """
        position = Position.read(cursor)
        parts: list[Columns] = []
        problems: list[str] = []
        read, more = 0, _more(position, count)
        while more and read < limit:
            rows_max = min(DOWNLOAD_ROWS_MAX, limit - read, *_left(position, count))
            rows, taken = self._chunk(address, test_id, position.next_seq, rows_max)
            problems += _remarks(taken, position.next_seq, count)
            if len(taken.seq):
                columns, position = record_columns(rows, taken, position, self.zone, self.temperature_aux)
                parts.append(columns)
                read += len(taken.seq)
            unfinished = len(taken.seq) >= rows_max or taken.behind_gap > 0
            more = bool(len(taken.seq)) and (unfinished if count is None else _more(position, count))
        return Batch(join(parts), position.text() if parts else cursor, more=more, problems=tuple(problems))

    def _chunk(self, address: Address, test_id: str, next_seq: int, rows_max: int) -> tuple[RowColumns, Sequenced]:
        rows = self.client.download(address, test_id, next_seq, rows_max)
        taken = sequence(rows, next_seq)
        if taken.missing:
            rows = self.client.download(address, test_id, next_seq, rows_max)
            taken = sequence(rows, next_seq)
        return rows, taken


def _more(position: Position, count: int | None) -> bool:
    return count is None or position.next_seq <= count


def _left(position: Position, count: int | None) -> list[int]:
    return [] if count is None else [count - position.next_seq + 1]


def _remarks(taken: Sequenced, next_seq: int, count: int | None) -> list[str]:
    remarks = []
    if count is not None and not len(taken.seq):
        remarks.append(f"the download from record {next_seq} on is empty, though {count} records were told")
    if taken.missing:
        last = next_seq + taken.missing - 1
        remarks.append(
            f"records {next_seq} to {last} are missing in the download, asked for twice; "
            "test time is counted without the steps that ended among them"
        )
    if taken.duplicates:
        remarks.append(f"{taken.duplicates} records came twice after record {next_seq - 1}; each is kept once")
    return remarks
