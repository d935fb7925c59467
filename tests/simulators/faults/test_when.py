"""When faults happen: at an instant, at an event, at exchanges, at random; how often and for how long."""

import socket
import time
from collections.abc import Callable
from datetime import datetime

import pytest

from simulators.faults.plan import FaultPlan
from simulators.faults.rule import Rule
from simulators.lab.thread import LabThread
from tests.simulators.bts_wire import BtsWire
from tests.simulators.faults.conftest import HEAD, Faulty

START_UNIX_S = datetime.fromisoformat("2026-01-05T08:00:00+08:00").timestamp()
GETDEVINFO = "<cmd>getdevinfo</cmd>"
INQUIRE = '<cmd>inquire</cmd><list count="1"><inquire devtype="27" devid="21" subdevid="1" chlid="1" /></list>'

Start = Callable[[str], Faulty]


def _answered(lab: LabThread, body: str = GETDEVINFO) -> bool:
    """Ask once, on a connection of its own; a fault here closes before the reply."""
    with BtsWire(lab.port("bts-1")) as wire:
        return bool(wire.ask(body))


def _answers(faulty: Faulty, count: int, body: str = GETDEVINFO) -> str:
    return "".join("+" if _answered(faulty.lab, body) else "-" for _ in range(count))


def test_without_at_and_on_the_next_exchange_suffers_once(faulty: Start) -> None:
    it = faulty("{instrument: bts-1, do: close_before_reply}")
    assert _answers(it, 3) == "-++"
    assert it.control.fired() == [
        {
            "unix_s": START_UNIX_S,
            "instrument": "bts-1",
            "name": "close_before_reply",
            "do": "close_before_reply",
            "command": "getdevinfo",
            "exchange": 1,
            "refused": None,
        }
    ]


def test_the_nth_exchange_of_a_command_and_as_many_after_it_as_times_says(faulty: Start) -> None:
    it = faulty("{name: two lost, instrument: bts-1, on: {command: inquire, nth: 2}, times: 2, do: close_before_reply}")
    assert _answers(it, 2) == "++"  # of another command
    assert _answers(it, 5, INQUIRE) == "+--++"
    assert it.fired() == [("bts-1", "two lost")] * 2


def test_every_so_many_exchanges(faulty: Start) -> None:
    it = faulty("{instrument: bts-1, every: 3 exchanges, commands: getdevinfo, do: close_before_reply}")
    assert _answers(it, 9) == "++-++-++-"
    assert _answers(it, 3, INQUIRE) == "+++"


def test_from_an_instant_on_for_a_time(faulty: Start) -> None:
    it = faulty("{instrument: bts-1, at: 1 h, for: 10 min, do: close_before_reply}")
    it.control.advance(3599)
    assert _answers(it, 1) == "+"
    it.control.advance(1)
    assert _answers(it, 3) == "---"
    it.control.advance(600)
    assert _answers(it, 1) == "+"


def test_again_and_again_in_lab_time(faulty: Start) -> None:
    it = faulty("{instrument: oven-1, at: 1 h, every: 2 h, for: 10 min, times: 2, do: {door_open: true}}")
    opened = []
    for _ in range(4):
        it.control.advance(3600)
        opened.append(it.control.chamber("oven-1")["door_open"])
        it.control.advance(601)
        assert not it.control.chamber("oven-1")["door_open"]
        it.control.advance(-601 % 3600)
    assert [one["unix_s"] - START_UNIX_S for one in it.control.fired()] == [3600, 3 * 3600]
    assert opened == [True, True, False, False]


def test_a_list_of_things_is_done_in_turn(faulty: Start) -> None:
    it = faulty("{instrument: bts-1, times: 3, do: [close_before_reply, refuse]}")
    with BtsWire(it.lab.port("bts-1")) as wire:
        assert wire.ask(GETDEVINFO) == b""
    with BtsWire(it.lab.port("bts-1")) as wire:
        assert b"fail" in wire.ask(GETDEVINFO)
    assert _answers(it, 2) == "-+"


def test_two_faults_due_at_one_exchange_have_one_each(faulty: Start) -> None:
    it = faulty("{name: a, instrument: bts-1, do: close_before_reply}\n{name: b, instrument: bts-1, do: refuse}")
    assert _answers(it, 1) == "-"
    with BtsWire(it.lab.port("bts-1")) as wire:
        assert b"fail" in wire.ask(GETDEVINFO)
    assert it.fired() == [("bts-1", "a"), ("bts-1", "b")]


def test_the_same_seed_does_the_same_to_the_same_exchanges(faulty: Start) -> None:
    random = "{instrument: bts-1, random: 30 %, do: [close_before_reply, close_mid_reply]}"
    first, second = faulty(random), faulty(random)
    answers = _answers(first, 40)
    assert _answers(second, 40) == answers
    assert first.control.fired() == second.control.fired()
    assert 4 <= len(first.control.fired()) <= 20
    assert {one["do"] for one in first.control.fired()} == {"close_before_reply", "close_mid_reply"}


def test_one_instruments_traffic_does_not_change_anothers_faults(faulty: Start) -> None:
    everywhere = "{instrument: [bts-1, oven-2], random: 30 %, do: close_before_reply}"
    alone, busy = faulty(everywhere), faulty(everywhere)
    for _ in range(25):
        with socket.create_connection(("127.0.0.1", busy.lab.port("oven-2")), 5) as peer:
            peer.sendall(b"PVAR1?\n")
            peer.recv(100)
    _answers(alone, 25)
    _answers(busy, 25)
    of_bts = [[one for one in it.control.fired() if one["instrument"] == "bts-1"] for it in (alone, busy)]
    assert of_bts[0] == of_bts[1] != []


@pytest.mark.parametrize(
    ("event", "at_s"),
    [
        ("start: 1", 10),
        ("step_change: 1", 70),  # the rest's minute is over, the first record of the next step is there
        ("step_change: 2", 3670),
        ("record: 20", 190),  # every ten seconds, the first at once, one more at the end of the rest
    ],
)
def test_events_of_a_channel(faulty: Start, start_test: Callable[[Faulty], str], event: str, at_s: int) -> None:
    it = faulty(f"{{instrument: oven-1, do: {{door_open: true}}}}\n{_on(event)}")
    assert start_test(it) == "ok"
    it.control.advance(7200)
    assert it.control.fired()[1]["unix_s"] - START_UNIX_S == pytest.approx(at_s, abs=10)
    tests = it.control.tests("bts-1")
    assert [test["state"] for test in tests] == ["stop"]


def _on(event: str) -> str:
    return f"{{instrument: bts-1, channel: 27-21-1-1, on: {{{event}, channel: 27-21-1-1}}, do: foreign_stop}}"


def test_what_cannot_happen_is_told_as_refused(faulty: Start) -> None:
    it = faulty("{instrument: bts-1, channel: 27-21-1-1, at: 1 s, do: foreign_stop}")
    it.control.advance(2)
    (one,) = it.control.fired()
    assert "nothing runs here" in one["refused"]


def test_faults_can_be_armed_under_way_and_count_from_then(faulty: Start) -> None:
    it = faulty("{instrument: oven-1, at: 100 h, do: reboot}")
    it.control.advance(3600)
    it.control.faults(f"{HEAD}  - {{instrument: bts-1, at: 1 min, do: close_before_reply}}\n")
    assert _answers(it, 1) == "+"
    it.control.advance(60)
    assert _answers(it, 2) == "-+"


def test_a_sleeping_node_is_roused_after_the_faults_before_its_time(faulty: Start) -> None:
    it = faulty("{instrument: bts-1, at: 1 h, for: 1 h, do: power_off}\n{instrument: oven-1, at: 2 h, do: reboot}")
    with it.lab.control() as node:
        node.attach("node")
        node.sleep(START_UNIX_S + 5400)
        with pytest.raises(ConnectionRefusedError):
            BtsWire(it.lab.port("bts-1"))
        assert it.fired() == [("bts-1", "power_off")]
        node.sleep(START_UNIX_S + 7200)
        assert _answers(it, 1) == "+"
        assert it.fired()[1] == ("oven-1", "reboot")


def test_time_that_runs_freely_brings_faults_too(faulty: Start) -> None:
    it = faulty("{instrument: oven-1, at: 1 h, do: {door_open: true}}")
    it.control.speed(1e6)
    deadline = time.monotonic() + 120
    while not it.control.fired():
        assert time.monotonic() < deadline
    assert it.control.chamber("oven-1")["door_open"]


def test_a_fault_is_a_line_of_the_log(faulty: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "simulators.faults.director")
    it = faulty("{name: cut, instrument: bts-1, do: close_before_reply}")
    _answers(it, 1)
    assert caplog.messages == [
        "2026-01-05T00:00:00.000+00:00 bts-1 fault: cut: close_before_reply at exchange 1 (getdevinfo)"
    ]


def test_no_rules_cost_nothing_and_many_little() -> None:
    plan: FaultPlan[str] = FaultPlan("lost")
    begin_s = time.process_time()
    for _ in range(100_000):
        plan.take("download")
    empty_s = time.process_time() - begin_s
    assert empty_s < 0.5  # five microseconds an exchange, of a hundred times as long
    plan.arm(Rule((), ("start",)))
    assert plan.take("download") is None
