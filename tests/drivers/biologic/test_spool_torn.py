"""A spool that was cut off anywhere: what is whole before the cut stays, and going on is possible."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.biologic.spool import SpoolHeader, spool_path
from drivers.biologic.spool_frames import Data, FrameKind, Taking, encode, frames
from drivers.biologic.spool_reader import SpoolReader
from drivers.biologic.spooled_test import SpooledTest
from drivers.biologic.structs import CurrentValues, DataInfos
from drivers.biologic.technique_list import Parameter, StepRows, Technique, TechniqueList
from drivers.contracts import LOST, StepKind
from drivers.errors import Garbled

REST = Technique("ocv", (Parameter("Rest_time_T", 9.0),), 2e-5, (StepRows(1, StepKind.REST),))
HEADER = SpoolHeader("c#1.1.1", "0abc", 0, 3, TechniqueList((REST,)).dump().decode(), "1-0", None)
ROWS = 3


def data(number: int) -> Data:
    """Rows of a board with IEEE floats: 1.0 V, ``number`` hundred ticks on."""
    words = b"".join(
        tick.to_bytes(8, "little")[4:] + tick.to_bytes(4, "little") + b"\0\0\x80\x3f"
        for tick in range(100 * number, 100 * number + ROWS)
    )
    infos = DataInfos(NbRows=ROWS, NbCols=3, TechniqueID=100)
    return Data(1000.0 + number, 3, bytes(infos), bytes(CurrentValues(TimeBase=2e-5)), words, records=ROWS)


def written(folder: Path, reads: int) -> Path:
    path = spool_path(folder, 0, "0abc")
    test = SpooledTest.create(path, HEADER)
    test.asked_to_start(1000.0)
    test.settle_start(started=True, now_s=1000.0)
    test.taking(Taking(1000.0, 100, running=True))
    for number in range(reads):
        test.took(data(number), Taking(1000.0 + number, 100, running=True))
    test.took_nothing(1000.0 + reads)
    test.close()
    return path


@settings(max_examples=60)
@given(st.data())
def test_a_spool_cut_at_any_byte_keeps_what_was_whole(choice: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = written(Path(name), reads=4)
        whole = path.read_bytes()
        cut = choice.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:cut])
        with path.open("rb") as file:
            kept = list(frames(file))
        if not kept:
            with pytest.raises(Garbled):
                SpooledTest.open(path)
            return
        test = SpooledTest.open(path)
        count = ROWS * sum(frame.kind is FrameKind.DATA for frame in kept)
        assert test.records == count
        assert (test.unanswered is None) == (kept[-1].kind is not FrameKind.TAKING)
        if test.unanswered is not None:
            test.may_have_lost(test.unanswered, None, "a read was interrupted")
        test.took(data(9), None)
        test.close()
        if len(kept) > 1:  # it was asked to start
            batch = SpoolReader(Path(name)).read(0, "0abc", "", 1000)
            assert len(batch) == count + ROWS
            assert len([line for line in batch.problems if line.startswith(LOST)]) == (
                kept[-1].kind is FrameKind.TAKING
            )


def test_damage_before_the_end_is_not_cut_away(tmp_path: Path) -> None:
    path = written(tmp_path, reads=1000)
    content = bytearray(path.read_bytes())
    content[len(content) // 10] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(Garbled, match="damaged at byte"):
        SpooledTest.open(path)
    assert path.read_bytes() == content


def test_rows_are_counted_exactly_where_nothing_can_have_come_meanwhile(tmp_path: Path) -> None:
    path = written(tmp_path, reads=1)
    for still_filled, lost in ((1200, 0), (1200 - 5 * 12, 5), (0, 100)):
        test = SpooledTest.open(path)
        test.may_have_lost(Taking(1005.0, 1200, running=False), still_filled, "a read was interrupted")
        test.close()
        with path.open("rb") as file:
            last = list(frames(file))[-1]
        if lost:
            assert last.fields()["rows_max"] == lost
        else:
            assert last.kind is FrameKind.NOTHING


def test_a_frame_of_a_later_version_is_said(tmp_path: Path) -> None:
    path = written(tmp_path, reads=1)
    with path.open("ab") as file:
        file.write(encode(99, b"x"))  # type: ignore[arg-type]
    with pytest.raises(Garbled, match="kind 99"):
        SpooledTest.open(path)


def test_a_conversion_that_the_library_makes_otherwise_is_said_loudly(tmp_path: Path) -> None:
    path = spool_path(tmp_path, 0, "0abc")
    test = SpooledTest.create(path, HEADER)
    test.asked_to_start(1000.0)
    one = data(0)
    test.took(Data(one.unix_time_s, 3, one.infos, one.values, one.words, ROWS, 2, 2.0), None)
    test.close()
    with pytest.raises(Garbled, match="converts 0x3f800000 of a board of type 3 to 2, this driver to 1"):
        SpoolReader(tmp_path).read(0, "0abc", "", 1000)


def test_a_full_disk_keeps_the_rows_in_hand(tmp_path: Path) -> None:
    path = spool_path(tmp_path, 0, "0abc")
    test = SpooledTest.create(path, HEADER)
    test.asked_to_start(1000.0)
    spool = test._spool
    real, spool._file = spool._file, _FullDisk()  # type: ignore[assignment]
    with pytest.raises(OSError, match="No space left"):
        test.took(data(0), None)
    spool._file = real
    test.took(data(1), None)
    test.close()
    assert len(SpoolReader(tmp_path).read(0, "0abc", "", 1000)) == 2 * ROWS


class _FullDisk:
    def write(self, _: bytes) -> int:
        raise OSError(28, "No space left on device")
