"""Every kind of fault of a NEWARE, over its wire, and what the ledger says of it."""

import socket
import time
from collections.abc import Callable
from xml.etree.ElementTree import Element

import numpy as np
import pytest

from tests.simulators.bts_wire import TERMINATOR, BtsWire, at, parse
from tests.simulators.faults.conftest import HEAD, Faulty

Start = Callable[[str], Faulty]
StartTest = Callable[..., str]
CH1 = "27-21-1-1"
GETDEVINFO = "<cmd>getdevinfo</cmd>"


def _say(faulty: Faulty, fault: str) -> None:
    faulty.control.faults(f"{HEAD}  - {{instrument: bts-1, {fault}}}\n")


def _on_channel(faulty: Faulty, fault: str) -> None:
    _say(faulty, f"channel: {CH1}, {fault}")


@pytest.fixture
def bench(faulty: Start) -> Faulty:
    return faulty("{instrument: oven-2, at: 1000 h, do: reboot}")


@pytest.fixture
def wire(bench: Faulty):
    with BtsWire(bench.lab.port("bts-1")) as connection:
        yield connection


def _silent(wire: BtsWire, body: str = GETDEVINFO) -> bool:
    """Whether nothing comes for a while."""
    wire.socket.settimeout(0.2)
    try:
        wire.ask(body)
    except TimeoutError:
        return True
    finally:
        wire.socket.settimeout(60)
    return False


def _ledger(bench: Faulty, test_id: int = 1) -> dict[str, np.ndarray]:
    return bench.control.ledger("bts-1", CH1, test_id)


def _point(wire: BtsWire) -> Element:
    return wire.ask_list("inquire", f'<inquire {at(CH1)} aux="1" barcode="1" />')[0]


def _rows(wire: BtsWire, test_id: int = 1) -> list[Element]:
    reply = wire.ask(f'<cmd>download</cmd><download {at(CH1)} testid="{test_id}" startpos="1" count="1000" />')
    return list(parse(reply).iter("data"))


# ---- the wire


@pytest.mark.parametrize("do", ["drop_request", "drop_reply"])
def test_nothing_comes_and_the_connection_stays(bench: Faulty, wire: BtsWire, do: str) -> None:
    _say(bench, f"do: {do}")
    assert _silent(wire)
    assert wire.ask(GETDEVINFO).endswith(TERMINATOR)


def test_a_half_open_connection_is_deaf_and_new_ones_are_not(bench: Faulty, wire: BtsWire) -> None:
    _say(bench, "do: half_open")
    assert _silent(wire)
    assert _silent(wire)
    with BtsWire(bench.lab.port("bts-1")) as another:
        assert another.ask(GETDEVINFO).endswith(TERMINATOR)


def test_half_open_for_new_connections_too_is_requests_dropped_for_a_time(bench: Faulty) -> None:
    _say(bench, "do: drop_request, for: 10 min")
    for _ in range(2):
        with BtsWire(bench.lab.port("bts-1")) as one:
            assert _silent(one)
    bench.control.advance(601)
    with BtsWire(bench.lab.port("bts-1")) as one:
        assert one.ask(GETDEVINFO).endswith(TERMINATOR)


def test_the_end_of_a_connection_before_in_and_instead_of_a_reply(bench: Faulty) -> None:
    with BtsWire(bench.lab.port("bts-1")) as one:
        whole = one.ask(GETDEVINFO)
    for do, told in (("close_before_reply", b""), ("close_mid_reply", whole[: len(whole) // 2])):
        _say(bench, f"do: {do}")
        with BtsWire(bench.lab.port("bts-1")) as one:
            assert one.ask(GETDEVINFO) == told
    _say(bench, "do: reset")
    with BtsWire(bench.lab.port("bts-1")) as one, pytest.raises(ConnectionResetError):
        one.ask(GETDEVINFO)


def test_a_reply_that_is_garbled_twice_there_or_late(bench: Faulty, wire: BtsWire) -> None:
    whole = wire.ask(GETDEVINFO)
    _say(bench, "do: garble")
    assert b"\xff" in wire.ask(GETDEVINFO)
    _say(bench, "do: duplicate")
    wire.send(GETDEVINFO)
    received = b""
    while len(received) < 2 * len(whole):
        received += wire.socket.recv(65536)
    assert received == whole + whole
    _say(bench, "do: {delay_s: 0.4}")
    began_s = time.monotonic()
    assert wire.ask(GETDEVINFO) == whole
    assert time.monotonic() - began_s >= 0.4


def test_text_of_several_bytes_a_character_is_cut_inside_the_characters(bench: Faulty, start_test: StartTest) -> None:
    assert start_test(bench, "电池七号") == "ok"
    with BtsWire(bench.lab.port("bts-1")) as wire:
        wire.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        whole = wire.ask(f'<cmd>inquire</cmd><list count="1"><inquire {at(CH1)} barcode="1" /></list>')
        assert "电池七号".encode() in whole
        _say(bench, "do: split_multibyte")
        assert wire.ask(f'<cmd>inquire</cmd><list count="1"><inquire {at(CH1)} barcode="1" /></list>') == whole
        _say(bench, "do: {split: 7}")
        assert wire.ask(GETDEVINFO).endswith(TERMINATOR)
    assert len(bench.control.fired()) == 2


def test_a_stop_that_is_refused_and_one_that_is_acknowledged_while_current_flows(
    bench: Faulty, start_test: StartTest, wire: BtsWire
) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(120)
    for do, told in (("refuse", "false"), ("false_ack", "ok")):
        _say(bench, f"on: {{command: stop}}, do: {do}")
        assert wire.ask_list("stop", f"<stop {at(CH1)} />")[0].text == told
        assert float(_point(wire).attrib["current"]) == pytest.approx(-0.0005)
    assert wire.ask_list("stop", f"<stop {at(CH1)} />")[0].text == "ok"
    assert _point(wire).attrib["workstatus"] == "stop"


def test_a_start_that_is_acknowledged_and_never_happened(bench: Faulty, start_test: StartTest) -> None:
    _say(bench, "random: 100 %, times: 1, do: false_ack")
    with BtsWire(bench.lab.port("bts-1")) as wire:
        assert wire.ask(GETDEVINFO).endswith(TERMINATOR)  # a question cannot be acknowledged: it does not count
    assert start_test(bench) == "ok"
    assert bench.control.tests("bts-1") == []


# ---- the system


def test_power_is_off_for_a_time_and_tests_run_on(bench: Faulty, start_test: StartTest) -> None:
    assert start_test(bench) == "ok"
    _say(bench, "at: 1 min, for: 1 min, do: power_off")
    bench.control.advance(60)
    with pytest.raises(ConnectionRefusedError):
        BtsWire(bench.lab.port("bts-1"))
    bench.control.advance(60)
    with BtsWire(bench.lab.port("bts-1")) as wire:
        assert len(_rows(wire)) == len(_ledger(bench)["seqid"]) == 14


def test_a_reboot_loses_tests_and_counts_from_one_again(bench: Faulty, start_test: StartTest, wire: BtsWire) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(120)
    _say(bench, "do: reboot")
    with pytest.raises(ConnectionResetError):
        wire.receive()
    assert bench.control.tests("bts-1") == []
    with BtsWire(bench.lab.port("bts-1")) as again:
        assert _point(again).attrib["workstatus"] == "finish"
        assert _rows(again) == []
    assert start_test(bench) == "ok"
    assert [test["test_id"] for test in bench.control.tests("bts-1")] == [1]


def test_a_reboot_at_an_exchange_leaves_it_unanswered(bench: Faulty, start_test: StartTest) -> None:
    _say(bench, "on: {command: getdevinfo}, do: reboot")
    with BtsWire(bench.lab.port("bts-1")) as wire, pytest.raises(ConnectionResetError):
        wire.ask(GETDEVINFO)
    assert start_test(bench) == "ok"


def test_what_it_tells_stands_still_while_it_runs_on(bench: Faulty, start_test: StartTest, wire: BtsWire) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(65)
    _say(bench, "do: frozen, for: 10 min")
    before = _point(wire).attrib
    bench.control.advance(300)
    assert _point(wire).attrib == before
    assert len(_rows(wire)) == 8 < len(_ledger(bench)["seqid"])
    bench.control.advance(301)
    assert len(_rows(wire)) == len(_ledger(bench)["seqid"])


def test_a_wall_clock_that_jumps_is_what_the_ledger_says_from_then_on(
    bench: Faulty, start_test: StartTest, wire: BtsWire
) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(30)
    _say(bench, "do: {clock_jump: -1 h}")
    bench.control.advance(20)
    atimes = [row.attrib["atime"] for row in _rows(wire)]
    assert atimes[:4] == [f"2026-01-05 08:00:{second:02}" for second in (0, 10, 20, 30)]
    assert atimes[4:] == ["2026-01-05 07:00:40", "2026-01-05 07:00:50"]
    steps_s = np.diff(_ledger(bench)["unix_time_s"])
    assert steps_s == pytest.approx([10, 10, 10, 10 - 3600, 10])
    assert [int(row.attrib["testtime"]) for row in _rows(wire)] == [0, 10000, 20000, 30000, 40000, 50000]


# ---- the cell


def test_a_cell_that_drops_out_drives_the_channel_to_its_rail_and_trips_it(
    bench: Faulty, start_test: StartTest, wire: BtsWire
) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(120)
    _on_channel(bench, "do: unplug")
    bench.control.advance(20)
    assert _point(wire).attrib["workstatus"] == "protect"
    assert _ledger(bench)["volt_V"].min() < -1
    assert _ledger(bench)["volt_V"][:12].min() > 0


def test_a_cell_that_is_back_after_a_rest_goes_on(bench: Faulty, start_test: StartTest, wire: BtsWire) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(20)
    before_V = _ledger(bench)["volt_V"]
    _on_channel(bench, "do: unplug, for: 20 s")
    bench.control.advance(30)
    volt_V = _ledger(bench)["volt_V"]
    assert volt_V[:3] == pytest.approx(before_V, abs=1e-9)
    assert volt_V[3] == pytest.approx(0, abs=1e-3)
    assert volt_V[5] == pytest.approx(before_V[0], abs=1e-3)
    assert len(_rows(wire)) == 6


def test_another_cell_is_another_voltage_in_records_and_on_the_wire(
    bench: Faulty, start_test: StartTest, wire: BtsWire
) -> None:
    other = "do: {plug: {material: sio_c_h, active_mass_g: 0.002, area_cm2: 1.131}}"
    assert start_test(bench) == "ok"
    bench.control.advance(90)
    _on_channel(bench, other)
    bench.control.advance(20)
    assert bench.control.cells()["bts-1"][CH1]["material"] == "sio_c_h"
    assert [float(row.attrib["volt"]) for row in _rows(wire)] == _ledger(bench)["volt_V"].tolist()
    assert np.diff(_ledger(bench)["seqid"]).tolist() == [1] * (len(_ledger(bench)["seqid"]) - 1)


# ---- sensors


def test_a_voltage_that_reads_too_high_is_recorded_so_and_trips_its_own_protection(
    bench: Faulty, start_test: StartTest, wire: BtsWire
) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(90)
    true_V = bench.control.cells()["bts-1"][CH1]["voltage_V"]
    _on_channel(bench, "do: {voltage: {offset_V: 0.1, scale: 1.1}}, for: 10 s")
    bench.control.advance(10)
    assert _ledger(bench)["volt_V"][-1] == pytest.approx(1.1 * true_V + 0.1, abs=0.05)
    bench.control.advance(10)
    assert _ledger(bench)["volt_V"][-1] == pytest.approx(true_V, abs=0.05)
    _on_channel(bench, "do: {voltage: {offset_V: 3}}")
    bench.control.advance(20)
    assert _point(wire).attrib["workstatus"] == "protect"


def test_a_current_of_the_wrong_sign_and_charge_that_is_counted_rightly(
    bench: Faulty, start_test: StartTest, wire: BtsWire
) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(90)
    _on_channel(bench, "do: {current: {scale: -1}}")
    bench.control.advance(60)
    ledger = _ledger(bench)
    assert ledger["curr_A"][-1] == pytest.approx(0.0005, rel=1e-3)
    assert ledger["cap_Ah"][-1] == pytest.approx(0.0005 * 90 / 3600, rel=1e-3)
    assert float(_point(wire).attrib["current"]) == pytest.approx(0.0005)
    assert [float(row.attrib["curr"]) for row in _rows(wire)] == ledger["curr_A"].tolist()


@pytest.mark.parametrize(("do", "same"), [("frozen", True), ("nan", False)])
def test_a_voltage_that_is_stuck(bench: Faulty, start_test: StartTest, do: str, same: bool) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(95)
    _on_channel(bench, f"do: {{voltage: {do}}}, for: 30 s")
    bench.control.advance(60)
    volt_V = _ledger(bench)["volt_V"]
    stuck = volt_V[11:14]
    assert np.isnan(stuck).all() != same
    assert not same or len(set(stuck.tolist())) == 1
    assert len(set(volt_V[14:].tolist())) > 1
    assert np.isfinite(volt_V[:11]).all()


@pytest.mark.parametrize(
    ("do", "told"), [("nan", "nan"), ("open", "nan"), ("frozen", "25"), ("{offset_K: 40}", "65"), ("{scale: 2}", "50")]
)
def test_a_temperature_sensor_that_fails(
    bench: Faulty, start_test: StartTest, wire: BtsWire, do: str, told: str
) -> None:
    assert start_test(bench) == "ok"
    bench.control.advance(15)
    _on_channel(bench, f"do: {{temperature: {do}}}, for: 20 s")
    bench.control.advance(10)
    assert _point(wire).attrib["T1"] == told
    bench.control.advance(20)
    assert _point(wire).attrib["T1"] == "25"
    degC = _ledger(bench)["T1"]
    assert degC[:2].tolist() == [25, 25]
    assert degC[2:4] == pytest.approx([float(told)] * 2, nan_ok=True)
    assert degC[4] == 25


# ---- somebody else


def test_somebody_else_pauses_continues_stops_and_starts(bench: Faulty, start_test: StartTest, wire: BtsWire) -> None:
    assert start_test(bench) == "ok"
    for do, status in (("foreign_pause", "pause"), ("foreign_continue", "working"), ("foreign_stop", "stop")):
        _on_channel(bench, f"do: {do}")
        assert _point(wire).attrib["workstatus"] == status
    _on_channel(bench, "do: foreign_start")
    assert _point(wire).attrib["barcode"] == "somebody else's"
    assert [test["test_id"] for test in bench.control.tests("bts-1")] == [1, 2]
