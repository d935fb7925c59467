"""A test of weeks: its spool is opened again in a moment, and nothing else waits while it is read."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from drivers.biologic import spooled_test
from drivers.biologic.channel_report import ChannelReport
from drivers.biologic.child_link import ChildLink
from drivers.biologic.observation import channel_status
from drivers.biologic.spool import SpoolHeader, spool_path
from drivers.biologic.spool_checkpoint import read_checkpoint
from drivers.biologic.spool_frames import Data, Taking, frames
from drivers.biologic.spool_reader import SpoolReader
from drivers.biologic.spooled_test import SpooledTest
from drivers.biologic.structs import CurrentValues, DataInfos
from drivers.biologic.technique_list import Parameter, StepRows, Technique, TechniqueList
from drivers.contracts import LOST, ChannelState, StepKind
from drivers.errors import Garbled, Unreachable

REST = Technique("ocv", (Parameter("Rest_time_T", 9.0),), 2e-5, (StepRows(1, StepKind.REST),))
HEADER = SpoolHeader("c#1.1.1", "0abc", 0, 3, TechniqueList((REST,)).dump().decode(), "1-0", None)
EVERY_BYTES = 2000


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spooled_test, "CHECKPOINT_EVERY_BYTES", EVERY_BYTES)


def data(number: int, index: int = 0) -> Data:
    """One row of a board with IEEE floats: 1.0 V."""
    words = b"\0\0\0\0" + number.to_bytes(4, "little") + b"\0\0\x80\x3f"
    infos = DataInfos(NbRows=1, NbCols=3, TechniqueID=100, TechniqueIndex=index)
    return Data(1000.0 + number, 3, bytes(infos), bytes(CurrentValues(TimeBase=2e-5)), words, records=int(index == 0))


def written(folder: Path, looks: int) -> Path:
    path = spool_path(folder, 0, "0abc")
    test = SpooledTest.create(path, HEADER)
    test.asked_to_start(1000.0)
    test.settle_start(started=True, now_s=1000.0)
    for number in range(1, looks + 1):
        test.taking(Taking(1000.0 + number, 12, running=True))
        test.took(data(number), None)
    test.close()
    return path


def known(test: SpooledTest) -> dict[str, Any]:
    return {name: value for name, value in vars(test).items() if name not in ("_spool", "_checkpoint_at")}


def reopened(path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], int]:
    """What is known after opening, and how many frames that took."""
    absorbed: list[object] = []
    with monkeypatch.context() as counting:
        absorb = SpooledTest._absorb
        counting.setattr(SpooledTest, "_absorb", lambda self, frame: (absorbed.append(frame), absorb(self, frame)))
        test = SpooledTest.open(path)
    test.close()
    return known(test), len(absorbed)


def test_only_what_came_after_the_last_checkpoint_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, looks=500)
    quick, few = reopened(path, monkeypatch)
    path.with_suffix(".known").unlink()
    whole, all_frames = reopened(path, monkeypatch)
    assert quick == whole
    assert quick["records"] == 500
    assert all_frames == 1003
    assert few < 30


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"version": 9}', b'{"version": 1, "end": "x", "known": {}}'])
def test_a_damaged_checkpoint_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: bytes) -> None:
    path = written(tmp_path, looks=100)
    path.with_suffix(".known").write_bytes(damage)
    assert reopened(path, monkeypatch)[0]["records"] == 100
    assert read_checkpoint(path) is None


def test_a_spool_cut_before_its_checkpoint_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, looks=100)
    with path.open("rb") as file:
        kept = [frame.end for frame in frames(file)][50]
    with path.open("r+b") as file:
        file.truncate(kept)
    after, _ = reopened(path, monkeypatch)
    assert after["records"] == 24
    assert not path.with_suffix(".known").exists()


def test_a_disk_too_full_for_a_checkpoint_takes_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(spooled_test, "write_checkpoint", full)
    path = written(tmp_path, looks=100)
    assert reopened(path, monkeypatch)[0]["records"] == 100
    assert "no checkpoint of 1-0abc.spool" in caplog.text


def test_how_a_long_test_ended_is_found_out_bit_by_bit(tmp_path: Path) -> None:
    """A service that starts again finds tests that ended long ago: an order must not wait for reading them."""
    written(tmp_path, looks=50)
    reader = SpoolReader(tmp_path)
    reader.end_state_within_s = 0.0
    report = ChannelReport(0, state=0, test_id="0abc", ours=True, records=50, complete=True, ended=("trip", "hot"))
    first = channel_status(report, reader)
    assert (first.state, first.records_complete) == (ChannelState.STOPPED, False)
    reader.end_state_within_s = 60.0
    last = channel_status(report, reader)
    assert (last.state, last.records_complete) == (ChannelState.TRIPPED, True)


def test_rows_of_a_technique_that_was_never_loaded_are_told_and_do_not_bar_the_others(tmp_path: Path) -> None:
    path = written(tmp_path, looks=2)
    test = SpooledTest.open(path)
    test.took(data(3, index=7), None)
    test.took(data(4), None)
    test.close()
    batch = SpoolReader(tmp_path).read(0, "0abc", "", 100)
    assert batch.columns["seq"].tolist() == [1, 2, 3]
    assert [line for line in batch.problems if line.startswith(f"{LOST}1 record(s) are of technique 7, which the list")]


def test_damage_before_the_end_is_not_taken_for_the_end(tmp_path: Path) -> None:
    path = written(tmp_path, looks=1000)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(Garbled, match="damaged at byte"):
        SpoolReader(tmp_path).read(0, "0abc", "", 10**6)


def test_half_an_answer_is_none(tmp_path: Path) -> None:
    """The process was killed while it wrote: its driver raises what the engine knows."""
    link = ChildLink({"folder": str(tmp_path)}, 5.0)

    class Killed:
        stdin = io.StringIO()
        pid = 0

        def poll(self) -> None: ...

        def kill(self) -> None: ...

        def wait(self) -> None: ...

    link._process = Killed()  # type: ignore[assignment]
    link._answers.put('{"ok": [{"chan')
    with pytest.raises(Unreachable, match="has ended") as raised:
        link.call("start", channel=0)
    assert raised.value.sent
