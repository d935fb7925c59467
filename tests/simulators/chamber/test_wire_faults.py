"""Faults of one exchange, over the wire and armed from the control port."""

import socket
import struct
import time

import pytest

from simulators.lab.client import LabControl
from simulators.lab.refusal import LabRefusal

READ = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 2782, 2)
ANSWER = struct.pack(">HHHBBB", 1, 0, 7, 1, 3, 4) + bytes([0, 0, 0x41, 0xC8])  # 25.0, low word first
ANSWER_50 = ANSWER[:-4] + bytes([0, 0, 0x42, 0x48])
WRITE_50 = struct.pack(">HHHBBHHB", 2, 0, 11, 1, 16, 2782, 2, 4) + bytes([0, 0, 0x42, 0x48])
UNIT = b":UNIT:TEMPERATURE?\n"
PATIENCE_S = 60.0
SILENT_S = 0.2


def _connection(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), PATIENCE_S)


@pytest.fixture
def modbus(control: LabControl):
    with _connection(control.port("oven-1")) as peer:
        yield peer


@pytest.fixture
def scpi(control: LabControl):
    with _connection(control.port("oven-1", "scpi")) as peer:
        yield peer


def _ask(peer: socket.socket, request: bytes) -> bytes:
    peer.sendall(request)
    return peer.recv(300)


def _ask_in_vain(peer: socket.socket, request: bytes) -> None:
    peer.settimeout(SILENT_S)
    with pytest.raises(TimeoutError):
        _ask(peer, request)
    peer.settimeout(PATIENCE_S)


def test_a_dropped_request_is_not_executed_and_a_dropped_reply_is(modbus: socket.socket, control: LabControl) -> None:
    for do, answer in (("drop_request", ANSWER), ("drop_reply", ANSWER_50)):
        control.fault("oven-1", "modbus write", do)
        assert _ask(modbus, WRITE_50 + READ) == answer, "the first that comes answers the question behind it"
    control.chamber("oven-1", set_point_degC=25.0)
    assert _ask(modbus, READ) == ANSWER


def test_the_connection_closes_before_or_in_the_middle_of_a_reply(control: LabControl) -> None:
    for do, told in (("close_before_reply", b""), ("close_mid_reply", ANSWER[:6])):
        control.fault("oven-1", "modbus *", do)
        with _connection(control.port("oven-1")) as peer:
            assert _ask(peer, READ) == told
            assert peer.recv(300) == b""


def test_a_garbled_reply_keeps_its_length(modbus: socket.socket, scpi: socket.socket, control: LabControl) -> None:
    control.fault("oven-1", "modbus read", "garble")
    garbled = _ask(modbus, READ)
    assert len(garbled) == len(ANSWER)
    assert garbled != ANSWER
    control.fault("oven-1", "scpi *", "garble")
    assert b"\xff" in _ask(scpi, b"*IDN?\n")
    assert (_ask(modbus, READ), _ask(scpi, UNIT)) == (ANSWER, b"C\n")


def test_a_half_open_connection_never_answers_again_but_another_does(
    scpi: socket.socket, modbus: socket.socket, control: LabControl
) -> None:
    control.fault("oven-1", "scpi :UNIT:TEMPERATURE?", "half_open")
    for _ in range(2):
        _ask_in_vain(scpi, UNIT)
    with _connection(control.port("oven-1", "scpi")) as another:
        assert _ask(another, UNIT) == b"C\n"
    assert _ask(modbus, READ) == ANSWER


def test_a_late_reply_comes_before_that_of_the_next_query(scpi: socket.socket, control: LabControl) -> None:
    control.fault("oven-1", "scpi *IDN?", {"delay_s": 0.5})
    began_s = time.monotonic()
    scpi.sendall(b"*IDN?\n")
    scpi.sendall(UNIT)
    told = b""
    while told.count(b"\n") < 2:
        told += scpi.recv(300)
    assert time.monotonic() - began_s >= 0.5
    assert told.startswith(b'"Watlow')
    assert told.endswith(b"\nC\n")


def test_a_reply_in_pieces_is_whole_in_the_end(modbus: socket.socket, control: LabControl) -> None:
    control.fault("oven-1", "modbus *", {"split": 1})
    modbus.sendall(READ)
    told = b""
    while len(told) < len(ANSWER):
        told += modbus.recv(300)
    assert told == ANSWER


def test_a_busy_chamber_says_so(modbus: socket.socket, scpi: socket.socket, control: LabControl) -> None:
    control.fault("oven-1", "modbus write", "refuse")
    assert _ask(modbus, WRITE_50)[7:] == bytes([0x90, 6])
    assert control.chamber("oven-1")["target_degC"] == 25.0
    control.fault("oven-1", "scpi *", "refuse")
    assert _ask(scpi, UNIT + b"*IDN?\n").startswith(b'"Watlow'), "the first question was not answered"
    control.fault("oven-2", "RUNM", "refuse")
    with _connection(control.port("oven-2")) as lines:
        assert _ask(lines, b"RUNM\r") == b"1\r\n"
        assert _ask(lines, b"RUNM\r") == b"0\r\n"


def test_something_befalls_the_chamber_just_before_an_answer(modbus: socket.socket, control: LabControl) -> None:
    control.fault("oven-1", "modbus read", {"set": {"set_point_degC": 50.0, "word_order": "high"}}, nth=2)
    assert _ask(modbus, READ) == ANSWER
    assert _ask(modbus, READ)[9:] == struct.pack(">f", 50.0)
    control.fault("oven-1", "modbus read", {"set": {"unit": "F"}})
    assert _ask(modbus, READ)[9:] == struct.pack(">f", 122.0)


def test_power_off_refuses_both_ports_and_the_chamber_goes_on(control: LabControl) -> None:
    control.chamber("oven-1", mode="auto", set_point_degC=60.0)
    ports = control.port("oven-1"), control.port("oven-1", "scpi")
    with _connection(ports[1]) as scpi:
        assert _ask(scpi, UNIT) == b"C\n"
        control.power("oven-1", on=False)
        with pytest.raises(ConnectionResetError):
            scpi.recv(10)
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            _connection(port)
    control.advance(3600)
    assert control.chamber("oven-1")["air_degC"] > 55
    control.power("oven-1", on=True)
    assert (control.port("oven-1"), control.port("oven-1", "scpi")) == ports
    with _connection(ports[0]) as modbus:
        assert len(_ask(modbus, READ)) == len(ANSWER)


@pytest.mark.parametrize(
    "befall",
    [
        {"door": True}, {"door_open": 1}, {"sensor": "tired"}, {"limit": "off"}, {"alarm": 9}, {"load_J_K": 0},
        {"profile": 9}, {"profile": "again"}, {"mode": "manual"}, {"unit": "K"}, {"word_order": "left"}, {"on": True},
        {"set_point_degC": 500.0}, {"set_point_degC": "warm"},
    ],
)  # fmt: skip
def test_what_cannot_befall_a_chamber_is_refused_in_one_line(control: LabControl, befall: dict[str, object]) -> None:
    with pytest.raises(LabRefusal) as refused:
        control.chamber("oven-1", **befall)
    assert "\n" not in str(refused.value)


def test_what_makes_no_sense_is_refused(control: LabControl) -> None:
    with pytest.raises(LabRefusal, match="bts-1 is no chamber"):
        control.chamber("bts-1")
    with pytest.raises(LabRefusal, match="such as modbus"):
        control.fault("oven-1", "read", "garble")
    with pytest.raises(LabRefusal, match="do must be"):
        control.fault("oven-1", "modbus read", "explode")
    with pytest.raises(LabRefusal, match="no such setting: 'unit'"):
        control.chamber("oven-2", unit="F")
    with pytest.raises(LabRefusal, match="no channels"):
        control.plug("oven-1", "1", {})


def test_the_ledger_and_the_truth_are_told(control: LabControl) -> None:
    control.chamber("oven-1", mode="auto", set_point_degC=40.0)
    control.advance(600)
    ledger = control.ledger("oven-1", "air", 0)
    truth = control.chamber("oven-1")
    assert len(ledger["process_degC"]) == 61
    assert ledger["process_degC"][-1] == truth["process_degC"]
    assert ledger["unix_time_s"][-1] == truth["now_unix_s"]
    assert set(ledger["target_degC"]) == {25.0, 40.0}


def test_a_client_that_does_not_read_does_not_stop_the_others(control: LabControl, scpi: socket.socket) -> None:
    with _connection(control.port("oven-1", "scpi")) as greedy:
        greedy.setblocking(False)
        until = time.monotonic() + 120
        sent = True
        while sent and time.monotonic() < until:
            try:
                greedy.send(b"*IDN?\n" * 2000)
            except BlockingIOError:
                sent = False
        assert _ask(scpi, UNIT) == b"C\n"
