"""The memory of a channel fills, empties and overflows; a reading is destructive and homogeneous."""

from pathlib import Path

import numpy as np
import pytest

from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.simulators.biologic.eclib_client import EclibClient, Parameters

FAST: Parameters = {
    "Current_step": [1e-4],
    "Duration_step": [100.0],
    "Record_every_dT": 0.005,
    "tb": 1e-3,
    "I_Range": 8,
}
ROW_BYTES = 20


def test_a_buffer_holds_a_thousand_words_and_each_row_comes_once(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cp4", FAST))
    assert eclib.start(0) == 0
    control.advance(5.001)
    assert eclib.values(0)["filled"] == 1000 * ROW_BYTES
    first = eclib.data(0)
    assert first.words.shape == (200, 5)
    assert first.filled_bytes == 800 * ROW_BYTES
    assert eclib.infos(0)[1][13] == 800 * ROW_BYTES
    ticks = np.concatenate([first.ticks, *(rows.ticks for rows in eclib.drain(0))])
    assert ticks.tolist() == list(range(5, 5001, 5))
    assert eclib.values(0)["filled"] == 0


def test_rows_stay_readable_after_the_end(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cp4", FAST | {"Duration_step": [2.0]}))
    assert eclib.start(0) == 0
    control.advance(50)
    rows = eclib.data(0)
    assert (rows.state, len(rows.words)) == (0, 200)


def test_a_start_forgets_what_nobody_read(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("cp4", FAST))
    assert eclib.start(0) == 0
    control.advance(1.001)
    assert eclib.stop(0) == 0
    assert eclib.start(0) == 0
    assert eclib.values(0)["filled"] == 0
    control.advance(1.001)
    assert sum(len(rows.words) for rows in eclib.drain(0)) == 200
    first, second = control.tests("vsp-1")
    assert (first["records"], second["records"]) == (200, 200)
    assert set(control.ledger("vsp-1", "0", first["test_id"])["fate"].tolist()) == {0}


@pytest.fixture
def small(lab_text: str, tmp_path: Path, request: pytest.FixtureRequest) -> LabThread:
    board = f"board: {{memory_bytes: {300 * ROW_BYTES}, when_full: {request.param}, "
    return LabThread(parse_lab(lab_text.replace("board: {", board), tmp_path))


@pytest.mark.parametrize("small", ["drop"], indirect=True)
def test_a_full_memory_drops_what_is_new_and_tells_how_much(small: LabThread) -> None:
    with small, small.control() as control, EclibClient(small.port("vsp-1")) as eclib:
        eclib.load_firmware([0])
        eclib.link(0, ("cp4", FAST))
        assert eclib.start(0) == 0
        control.advance(2.001)
        assert eclib.values(0)["filled"] == eclib.infos(0)[1][12] == 300 * ROW_BYTES
        first, second = eclib.drain(0)
        assert (first.skipped, second.skipped) == (100, 0)
        assert second.ticks[-1] == 1500
        control.advance(1)
        rows = eclib.data(0)
        assert rows.ticks[0] == 2005
        assert rows.state == 1
        fate = control.ledger("vsp-1", "0", 1)["fate"]
        assert [(fate == it).sum() for it in (0, 1, 2)] == [0, 500, 100]


@pytest.mark.parametrize("small", ["stop"], indirect=True)
def test_a_full_memory_may_also_end_the_run(small: LabThread) -> None:
    with small, small.control() as control, EclibClient(small.port("vsp-1")) as eclib:
        eclib.load_firmware([0])
        eclib.link(0, ("cp4", FAST))
        assert eclib.start(0) == 0
        control.advance(10)
        assert eclib.values(0)["state"] == 0
        assert eclib.data(0).ticks[-1] == 1000
        assert eclib.data(0).ticks[-1] == 1500
        messages = []
        while message := eclib.message(0):
            messages.append(message)
        assert messages[-1] == "channel 1: memory full"


def test_the_ledger_holds_every_row_as_it_was_read(eclib: EclibClient, control: LabControl) -> None:
    ca: Parameters = {
        "Voltage_step": [1.2, 1.0], "Duration_step": [30.0, 30.0], "Step_number": 1, "Record_every_dT": 1.0,
        "Record_every_dI": 1e-3, "N_Cycles": 1,
    }  # fmt: skip
    eclib.link(0, ("ocv4", {"Rest_time_T": 5.0, "Record_every_dT": 1.0}), ("ca4", ca))
    assert eclib.start(0) == 0
    segments = []
    for wait_s in (0.7, 12.9, 40.1, 200.0):
        control.advance(wait_s)
        segments += eclib.drain(0)
    ledger = control.ledger("vsp-1", "0", 1)
    assert ledger["ticks"].tolist() == [tick for rows in segments for tick in rows.ticks.tolist()]
    assert ledger["ewe_V"].tolist() == [value for rows in segments for value in rows.single(2).tolist()]
    measured = ledger["technique_index"] == 1
    ca_rows = [rows for rows in segments if rows.technique_index == 1]
    assert ledger["i_A"][measured].tolist() == [value for rows in ca_rows for value in rows.single(3).tolist()]
    assert ledger["cycle"][measured].tolist() == [int(word) for rows in ca_rows for word in rows.words[:, 4]]
    assert (ledger["fate"] == 1).all()


def test_what_is_measured_does_not_depend_on_when_one_looks(lab_text: str, tmp_path: Path) -> None:
    noisy = lab_text.replace("voltage_noise_V: 0, current_noise_A: 0", "voltage_noise_V: 2e-5, current_noise_A: 1e-9")
    technique: Parameters = {
        "Current_step": [-3e-3, 0.0, 2e-3], "Duration_step": [100.0, 50.0, 70.0], "Step_number": 2,
        "Record_every_dT": 7.0, "Record_every_dE": 5e-3, "I_Range": 9,
    }  # fmt: skip
    ledgers = []
    for looks in ([300.0], [1.3] * 200 + [40.0]):
        lab = LabThread(parse_lab(noisy, tmp_path))
        with lab, lab.control() as control, EclibClient(lab.port("vsp-1")) as eclib:
            eclib.load_firmware([0])
            eclib.link(0, ("cp4", technique))
            assert eclib.start(0) == 0
            for wait_s in looks:
                control.advance(wait_s)
                eclib.data(0)
            ledgers.append(control.ledger("vsp-1", "0", 1))
    assert len(ledgers[0]["ticks"]) > 60
    for column in ("ticks", "ewe_V", "i_A"):
        assert np.array_equal(ledgers[0][column], ledgers[1][column])


def test_a_record_beyond_two_to_the_32_ticks(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("ocv4", {"Rest_time_T": 100000.0, "Record_every_dT": 1000.0}))
    assert eclib.start(0) == 0
    control.advance(101000)
    (rows,) = eclib.drain(0)
    high, low = rows.words[:, 0], rows.words[:, 1]
    assert (high[84], high[85]) == (0, 1)  # 2^32 ticks of 20 us are 85899 s
    assert low[85] < low[84]
    assert rows.time_s == pytest.approx(1000.0 * np.arange(1, 101), rel=1e-8)
