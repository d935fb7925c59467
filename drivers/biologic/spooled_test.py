"""One test as its spool tells it: what is known of it, and every change written before it counts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from drivers.biologic.row_layout import fewest_columns
from drivers.biologic.spool import Spool, SpoolHeader
from drivers.biologic.spool_checkpoint import CHECKPOINT_EVERY_BYTES, read_checkpoint, write_checkpoint
from drivers.biologic.spool_frames import Data, Frame, FrameKind, Taking
from drivers.biologic.structs import BUFFER_WORDS
from drivers.biologic.technique_list import TechniqueList

__all__ = ["SpooledTest"]

_LOG = logging.getLogger(__name__)
_WORD_BYTES = 4
_KNOWN = (
    "asked_unix_s", "started", "ended", "complete", "records", "_read_unix_s", "_asked_filled_bytes", "_checked",
)  # fmt: skip
"""What a checkpoint keeps, beside ``unanswered``, of which there is none where one is written."""


class SpooledTest:
    """Lives in the process that owns EClib. All times are unix seconds of the injected clock."""

    header: SpoolHeader
    techniques: TechniqueList
    _spool: Spool

    def __init__(self) -> None:
        self.asked_unix_s: float | None = None
        """When StartChannel was about to be called; None: it never was."""
        self.started: bool | None = None
        """Whether the start is known to have happened, or not to have; None: not settled."""
        self.ended: tuple[str, str] | None = None
        """Why the test is over, and in words: ``stop``, ``trip`` or ``itself``."""
        self.complete = False
        """No more rows will come."""
        self.records = 0
        """Rows so far that are records."""
        self.unanswered: Taking | None = None
        """A read that nobody has heard of since; only behind a crash."""
        self._read_unix_s = 0.0
        self._asked_filled_bytes = 0
        self._checked = False
        self._checkpoint_at = 0

    @classmethod
    def create(cls, path: Path, header: SpoolHeader) -> SpooledTest:
        """Begin a new one. Raises OSError."""
        test = cls()
        test._take_header(header)
        test._spool = Spool.create(path, header)
        return test

    @classmethod
    def open(cls, path: Path) -> SpooledTest:
        """Go on with one that an earlier process has left. Raises Garbled."""
        test = cls()
        checkpoint = read_checkpoint(path)
        if checkpoint is not None:
            test._checkpoint_at, known = checkpoint
            test._recall(known)
        test._spool = Spool.open(path, test._absorb, test._checkpoint_at)
        return test

    # ---- the start and the end

    def asked_to_start(self, now_s: float, filled_bytes: int = 0) -> None:
        """StartChannel is about to be called; ``filled_bytes`` of the memory hold what others have left."""
        self._spool.mark(mark="asked", unix_time_s=now_s, filled_bytes=filled_bytes)
        self.asked_unix_s, self._read_unix_s, self._asked_filled_bytes = now_s, now_s, filled_bytes

    def has_filled(self, filled_bytes: int) -> bool:
        """Whether what is in the memory now shows that the start has happened: what lay there before does not."""
        return filled_bytes > 0 and filled_bytes != self._asked_filled_bytes

    def settle_start(self, *, started: bool, now_s: float) -> None:
        """The start has happened, or is known not to have."""
        self._spool.mark(mark="started" if started else "not started", unix_time_s=now_s)
        self.started = started

    def end(self, why: str, text: str, now_s: float) -> None:
        """The test is over; the first reason stands."""
        if self.ended is None:
            self._spool.mark(mark="ended", why=why, text=text, unix_time_s=now_s)
            self.ended = why, text

    def complete_now(self, now_s: float) -> None:
        """The channel stands, its memory is empty and it has said so."""
        self._spool.mark(mark="complete", unix_time_s=now_s)
        self.complete = True

    # ---- rows

    @property
    def wants_check(self) -> bool:
        """Whether no word has been converted by the library yet."""
        return not self._checked

    def taking(self, taking: Taking) -> None:
        """Rows are about to be taken."""
        self._spool.taking(taking)

    def took(self, data: Data, taking: Taking | None) -> None:
        """Rows were taken; ``taking`` where the next are taken at once."""
        self._note_rows(data)
        self._spool.took(data, taking)
        if taking is None:
            self._keep_checkpoint()

    def took_nothing(self, now_s: float) -> None:
        """No rows were taken."""
        self._spool.took_nothing()
        self._read_unix_s, self.unanswered = now_s, None

    def may_have_lost(self, taking: Taking, still_filled_bytes: int | None, why: str) -> None:
        """Settle a read without an answer; ``still_filled_bytes`` where nothing has come into the memory since.

        How many rows have come meanwhile nobody can tell: while the channel runs, a whole buffer may be missing.
        """
        columns = fewest_columns(self.techniques)
        rows = BUFFER_WORDS // columns
        if not taking.running and still_filled_bytes is not None:
            rows = min(rows, (taking.filled_bytes - still_filled_bytes) // (columns * _WORD_BYTES))
        if rows <= 0:
            self.took_nothing(taking.unix_time_s)
            return
        self._spool.gap(
            rows_max=rows, from_unix_s=self._read_unix_s or taking.unix_time_s, to_unix_s=taking.unix_time_s, why=why
        )
        self._read_unix_s, self.unanswered = taking.unix_time_s, None

    def note(self, text: str, now_s: float) -> None:
        """Keep what was told besides; it is reported with the rows."""
        self._spool.note(text=text, unix_time_s=now_s)

    def close(self) -> None:
        """Close the file."""
        self._spool.close()

    # ---- inside

    def _keep_checkpoint(self) -> None:
        """Now and then, with every read answered: going on must not need the whole spool again."""
        end = self._spool.synced_to
        if end is not None and end - self._checkpoint_at >= CHECKPOINT_EVERY_BYTES:
            self._checkpoint_at = end
            try:
                write_checkpoint(self._spool.path, end, {name: getattr(self, name) for name in _KNOWN})
            except OSError as error:  # the rows are safe: it would have saved time
                _LOG.warning("no checkpoint of %s: %s", self._spool.path.name, error)

    def _recall(self, known: Mapping[str, Any]) -> None:
        for name in _KNOWN:
            setattr(self, name, known[name])
        self.ended = None if self.ended is None else (str(self.ended[0]), str(self.ended[1]))

    def _take_header(self, header: SpoolHeader) -> None:
        self.header = header
        self.techniques = TechniqueList.load(header.techniques.encode())

    def _absorb(self, frame: Frame) -> None:
        match frame.kind:
            case FrameKind.HEADER:
                self._take_header(SpoolHeader.decode(frame))
            case FrameKind.MARK:
                self._absorb_mark(frame.fields())
            case FrameKind.TAKING:
                self.unanswered = Taking.decode(frame.body)
            case FrameKind.DATA:
                self._note_rows(Data.decode(frame.body))
            case FrameKind.NOTHING | FrameKind.GAP:
                if self.unanswered is not None:
                    self._read_unix_s = self.unanswered.unix_time_s
                self.unanswered = None

    def _absorb_mark(self, fields: dict[str, object]) -> None:
        match fields["mark"]:
            case "asked":
                self.asked_unix_s = self._read_unix_s = float(str(fields["unix_time_s"]))
                self._asked_filled_bytes = int(str(fields.get("filled_bytes", 0)))
            case "started" | "not started" as settled:
                self.started = settled == "started"
            case "ended":
                self.ended = str(fields["why"]), str(fields["text"])
            case "complete":
                self.complete = True

    def _note_rows(self, data: Data) -> None:
        self.records += data.records
        self._read_unix_s, self.unanswered = data.unix_time_s, None
        self._checked = self._checked or data.checked_word is not None
