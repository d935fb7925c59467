"""One channel, attacked at the moments that a killed process, a full disk or a second PC would choose."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.channel_tender import ChannelTender
from drivers.biologic.eclib import Eclib, Reading
from drivers.biologic.error_codes import EclibError
from drivers.biologic.instrument import Instrument, Settings
from drivers.biologic.load_list import load_list
from drivers.biologic.recognition import experiment_name
from drivers.biologic.spool import Spool
from drivers.biologic.spool_frames import Taking
from drivers.biologic.spool_reader import SpoolReader
from drivers.biologic.spooled_test import SpooledTest
from drivers.biologic.structs import CurrentValues, DataInfos
from drivers.biologic.technique_list import TechniqueList
from drivers.biologic.translate import translate
from drivers.errors import Unreachable
from protocols.program import ConstantCurrent, ConstantCurrentConstantVoltage, Limits, Program, Record, Rest, Until
from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread
from tests.drivers.biologic.biologic_programs import CYCLING, REST, at, program
from tests.drivers.biologic.transport_bench import TAG
from tests.simulators.biologic.eclib_client import EclibClient

LONG = program(Rest(Until(duration_s=3600.0), at(1)))
SHORT = program(REST)


class Bench:
    """An instrument as its process has it, and the lab behind it."""

    def __init__(self, lab: LabThread, control: LabControl, folder: Path) -> None:
        self.control = control
        self._settings = Settings(
            "simulators.biologic.eclib:VirtualEClib", f"127.0.0.1:{lab.port('vsp-1')}", 10.0, folder
        )
        self._opened: list[Instrument] = []
        self.instrument = self.again()
        self.instrument.load_firmware(0, over_eclab=False)

    @property
    def tender(self) -> ChannelTender:
        return self.instrument._tender(0)

    @property
    def eclib(self) -> Eclib:
        return self.instrument._eclib

    def again(self) -> Instrument:
        """Another process, after this one was killed."""
        self._opened.append(Instrument(self._settings))
        self.instrument = self._opened[-1]
        self.instrument.identify()
        return self.instrument

    def prepare(self, it: Program) -> str:
        return self.instrument.prepare(0, TAG, content(it), self.control.now())

    def start(self, it: Program) -> str:
        test_id = self.prepare(it)
        self.instrument.start(0, test_id, self.control.now())
        return test_id

    def look(self, after_s: float = 0.0) -> dict[str, Any]:
        if after_s:
            self.control.advance(after_s)
        return self.instrument.look(0, self.control.now())

    def run(self, it: Program) -> str:
        """To its end."""
        test_id = self.start(it)
        while not self.look(600.0)["complete"]:
            pass
        return test_id

    def close(self) -> None:
        for instrument in self._opened:
            instrument.close()


def content(it: Program) -> str:
    return translate(it, ChannelFacts()).content.decode()


@pytest.fixture
def bench(lab: LabThread, control: LabControl, state_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Its looks have time for everything, however busy this machine is."""
    monkeypatch.setattr("drivers.biologic.instrument._DRAIN_s", 600.0)
    found = Bench(lab, control, state_dir)
    yield found
    found.close()


def full_disk(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


# ---- between loading and starting


def test_a_disk_that_is_full_at_loading_leaves_no_trace_on_the_channel(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = bench.run(SHORT)
    with monkeypatch.context() as broken:
        broken.setattr(Spool, "append", full_disk)
        with pytest.raises(OSError, match="No space left"):
            bench.prepare(LONG)
    for _ in (bench.instrument, bench.again()):
        report = bench.look()
        assert (report["test_id"], report["ours"], report["complete"], report["trouble"]) == (before, True, True, None)
    assert bench.start(LONG) != before


def test_killed_while_a_list_is_loaded_the_last_test_is_still_shown(bench: Bench) -> None:
    before = bench.run(SHORT)
    load_list(bench.eclib, 0, 2, TechniqueList.load(content(LONG).encode()))
    bench.again()
    report = bench.look()
    assert (report["test_id"], report["tag"], report["complete"]) == (before, TAG, True)


def test_killed_before_the_start_what_others_left_in_the_memory_is_no_sign_of_it(bench: Bench) -> None:
    load_list(bench.eclib, 0, 2, TechniqueList.load(content(SHORT).encode()))
    bench.eclib.set_experiment(0, b"somebody's")
    bench.eclib.start(0)
    bench.control.advance(600)  # rows that nobody reads
    test_id = bench.prepare(LONG)
    test = bench.tender.owner.test
    assert test is not None
    test.asked_to_start(bench.control.now(), bench.eclib.current_values(0).MemFilled)
    bench.again()
    report = bench.look()
    assert report["filled_bytes"] > 0
    assert (report["test_id"], report["ours"]) == (None, False)
    assert bench.start(LONG) > test_id
    assert bench.look(30)["ours"]


def test_a_process_killed_between_loading_and_starting_has_sent_nothing(bench: Bench) -> None:
    test_id = bench.prepare(LONG)
    bench.again()
    with pytest.raises(Unreachable, match="is gone") as raised:
        bench.instrument.start(0, test_id, bench.control.now())
    assert not raised.value.sent
    assert bench.look()["state"] == 0


# ---- stopping


@pytest.mark.parametrize("fault", [{"error": -12}, {"error": -200}, "drop_link", "drop_reply"])
@pytest.mark.parametrize("call", ["GetCurrentValues", "StopChannel"])
def test_a_stop_gets_through_although_a_call_fails(bench: Bench, call: str, fault: Any) -> None:
    bench.start(LONG)
    bench.look(30)
    bench.control.fault("vsp-1", call, fault)
    bench.instrument.stop(0, bench.control.now())
    assert bench.control.tests("vsp-1")[-1]["state"] == "stopped"
    assert bench.look()["ended"] == ("stop", "")


def test_a_single_stop_among_running_is_no_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a channel may tell between two techniques: the test must stay ours, be emptied and be watched."""
    bench.start(program(CYCLING))
    bench.look(30)
    tell = bench.eclib.current_values

    def standing(channel: int) -> CurrentValues:
        values = tell(channel)
        values.State = 0
        return values

    with monkeypatch.context() as glitch:
        glitch.setattr(bench.eclib, "current_values", standing)
        assert bench.look(30)["ended"] is None
    report = bench.look(30)
    assert (report["state"], report["ours"], report["ended"]) == (1, True, None)


# ---- limits


def test_with_a_full_disk_limits_are_still_watched(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.start(program(Rest(Until(duration_s=3600.0), at(1), limits=Limits(-0.05, 1.2, 0.01))))  # it rests at 1.49 V
    test = bench.tender.owner.test
    assert test is not None
    test.unanswered = Taking(0.0, 100, running=True)
    monkeypatch.setattr(Spool, "append", full_disk)
    assert "No space left" in bench.look()["trouble"]
    assert bench.control.tests("vsp-1")[-1]["state"] == "stopped"


def test_rows_beyond_a_limit_stop_the_channel_also_where_they_cannot_be_kept(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = Rest(Until(duration_s=3600.0), at(1), limits=Limits(-0.05, 1.2, 0.01))
    bench.start(program(narrow, REST))  # the values of now are judged by the wider limits of the other rest
    monkeypatch.setattr(SpooledTest, "took", full_disk)
    assert "No space left" in bench.look(30)["trouble"]
    assert bench.control.tests("vsp-1")[-1]["state"] == "stopped"


def test_a_set_point_that_is_the_limit_itself_is_not_beyond_it(bench: Bench) -> None:
    """The virtual board's noise takes half of all readings above it."""
    limits = Limits(-0.05, 1.6, 0.002)
    at_the_limit = Program(
        (
            ConstantCurrent(-0.002, Until(duration_s=600.0), at(1)),
            ConstantCurrentConstantVoltage(0.002, 1.6, Until(current_A=0.0005), at(2)),
        ),
        limits,
        Record(interval_s=1.0),
    )
    bench.start(at_the_limit)
    for _ in range(300):
        report = bench.look(60)
        if report["complete"]:
            break
    assert report["ended"] == ("itself", "")
    assert bench.control.tests("vsp-1")[-1]["state"] == "finished"


def test_a_potential_that_stays_without_a_number_stops_the_channel(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.start(program(Rest(Until(duration_s=3600.0), at(1)), record=Record(interval_s=1800.0)))
    tell = bench.eclib.current_values

    def overloaded(channel: int) -> CurrentValues:
        values = tell(channel)
        values.Ewe = float(np.finfo(np.float32).max)
        return values

    with monkeypatch.context() as broken:
        broken.setattr(bench.eclib, "current_values", overloaded)
        assert bench.look(10)["ended"] is None  # one alone is a glitch
        assert bench.look(10)["ended"] == ("trip", "potential beyond every range")
    assert bench.control.tests("vsp-1")[-1]["state"] == "stopped"


# ---- others on the channel


def test_another_list_under_our_name_is_foreign_however_soon_it_was_started(bench: Bench) -> None:
    bench.start(LONG)
    bench.look(0.5)
    bench.control.advance(0.2)
    bench.eclib.stop(0)
    load_list(bench.eclib, 0, 2, TechniqueList.load(content(program(CYCLING)).encode()))
    bench.eclib.start(0)
    report = bench.look(3.0)
    assert (report["test_id"], report["tag"], report["ours"]) == ("foreign", None, False)


def test_points_lost_before_an_empty_answer_are_kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.start(LONG)
    real = bench.eclib.get_data
    emptied: list[Reading] = []

    def first_empty(channel: int) -> Reading:
        if emptied:
            return real(channel)
        emptied.append(Reading(bytes(DataInfos(IRQskipped=5)), bytes(bench.eclib.current_values(channel)), b"", 0))
        return emptied[0]

    monkeypatch.setattr(bench.eclib, "get_data", first_empty)
    test_id = bench.tender.owner.test_id
    assert test_id is not None
    bench.look(30)
    bench.look(30)
    batch = SpoolReader(bench._settings.folder).read(0, test_id, "", 100)
    assert len(batch) == 6
    assert [line for line in batch.problems if line.startswith("up to 5 record(s)")]


def test_a_running_test_whose_spool_is_damaged_is_not_shown_as_running(bench: Bench) -> None:
    test_id = bench.start(LONG)
    bench.look(30)
    path = bench._settings.folder / f"1-{test_id}.spool"
    bench.instrument.close()
    content_of = bytearray(path.read_bytes())
    content_of[30] ^= 0xFF
    path.write_bytes(content_of)
    bench.again()
    assert "is damaged at byte 0" in bench.look()["trouble"]
    assert "is damaged at byte 0" in bench.look()["trouble"]
    path.rename(path.with_suffix(".damaged"))
    assert bench.look()["trouble"] is None


def test_the_name_alone_does_not_make_a_test_ours(bench: Bench) -> None:
    load_list(bench.eclib, 0, 2, TechniqueList.load(content(LONG).encode()))
    bench.eclib.set_experiment(0, experiment_name(TAG, "0abc"))
    bench.eclib.start(0)
    report = bench.look(30)
    assert (report["state"], report["ours"], report["test_id"]) == (1, False, "0abc")


# ---- while nobody looked


def test_a_list_that_ended_while_nobody_looked_is_read_whole(bench: Bench) -> None:
    test_id = bench.start(SHORT)
    bench.control.advance(86400.0)
    bench.again()
    report = bench.look()
    assert (report["complete"], report["ended"], report["test_id"]) == (True, ("itself", ""), test_id)
    batch = SpoolReader(bench._settings.folder).read(0, test_id, "", 100)
    assert (len(batch), batch.problems) == (6, ())


@pytest.mark.parametrize("taken", ["eclab_loaded", "firmware_lost"])
def test_a_channel_taken_away_in_mid_run_is_not_shown_as_running_nor_started_over(bench: Bench, taken: str) -> None:
    test_id = bench.start(LONG)
    bench.look(30)
    bench.control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": taken})
    bench.look()
    report = bench.look(30)
    assert (report["state"], report["ours"]) == (None, False)
    assert report["firmware"] == ("eclab" if taken == "eclab_loaded" else "none")
    bench.instrument.load_firmware(0, over_eclab=True)
    report = bench.look(30)
    assert (report["state"], report["ours"], report["complete"]) == (0, False, False)
    assert bench.control.tests("vsp-1")[-1]["state"] == "stopped"
    assert len(SpoolReader(bench._settings.folder).read(0, test_id, "", 100)) == 3
    assert bench.start(SHORT) > test_id


def test_a_stop_does_not_pretend_on_a_channel_that_ec_lab_has(bench: Bench) -> None:
    bench.start(LONG)
    bench.control.fault("vsp-1", "GetCurrentValues", {"channel": 0, "set": "eclab_loaded"})
    bench.look()
    with pytest.raises(EclibError, match=r"EC-Lab's firmware \(-9\)") as raised:
        bench.instrument.stop(0, bench.control.now())
    assert raised.value.is_refusal


def test_switched_off_and_on_with_rows_unread_nothing_is_missing(bench: Bench) -> None:
    test_id = bench.start(SHORT)
    bench.look(15)
    bench.control.advance(20)
    bench.control.power("vsp-1", on=False)
    with pytest.raises(EclibError):
        bench.look()
    bench.control.advance(3600)
    bench.control.power("vsp-1", on=True)
    bench.instrument._eclib.disconnect()
    assert bench.look()["complete"]
    batch = SpoolReader(bench._settings.folder).read(0, test_id, "", 100)
    assert len(batch) == 6


@pytest.mark.parametrize("by_s", [-86400.0, 86400.0])
def test_a_clock_that_jumps_neither_loses_nor_disowns_anything(bench: Bench, by_s: float) -> None:
    test_id = bench.start(SHORT)
    bench.look(25)
    bench.control.advance(10)
    report = bench.instrument.look(0, bench.control.now() + by_s)
    assert (report["test_id"], report["ours"], report["state"]) == (test_id, True, 1)
    assert bench.look(600)["complete"]
    batch = SpoolReader(bench._settings.folder).read(0, test_id, "", 100)
    np.testing.assert_allclose(batch.columns["test_time_s"], [10, 20, 30, 40, 50, 60], atol=1e-3)
    assert batch.problems == ()


# ---- parameters under way


def test_a_parameter_that_another_client_changes_under_way_is_told_and_so_is_its_return(
    bench: Bench, lab: LabThread
) -> None:
    charging = ConstantCurrent(2e-5, Until(duration_s=36000.0), at(1), record=Record(interval_s=10.0))
    bench.start(program(charging, charging))
    for _ in range(8):
        assert bench.look(10.0)["limits_differ"] is None
    with EclibClient(lab.port("vsp-1")) as other:
        assert other.update(0, 0, "cplimit4", {"Current_step": [4e-5]}) == 0
        told = [bench.look(10.0)["limits_differ"] for _ in range(4)]
        assert set(told[:3]) - {None}, "each technique is read back in its turn, the list has four"
        assert str(told[-1]).startswith("channel 1 reads back 4e-05 for Current_step[0] of technique 0 (cplimit)")
        assert str(told[-1]).endswith("instead of 2e-05")
        assert other.update(0, 0, "cplimit4", {"Current_step": [2e-5]}) == 0
    assert [bench.look(10.0)["limits_differ"] for _ in range(4)][-1] is None


def test_what_cannot_be_read_back_now_is_read_another_time_and_hides_no_rows(bench: Bench) -> None:
    bench.start(LONG)
    bench.control.fault("vsp-1", "GetTechniqueInfos", {"error": -404})
    reports = [bench.look(10.0) for _ in range(3)]
    assert [(report["trouble"], report["limits_differ"]) for report in reports] == [(None, None)] * 3
