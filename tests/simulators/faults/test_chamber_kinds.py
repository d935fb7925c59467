"""Every kind of fault of a chamber, over its wires."""

import math
import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.simulators.faults.conftest import HEAD, Faulty

Start = Callable[[str], Faulty]
PVALUE = b":SOURCE:CLOOP1:PVALUE?\n"
READ = struct.pack(">HHHBBHH", 1, 0, 6, 1, 3, 2782, 2)
WRITE_50 = struct.pack(">HHHBBHHB", 2, 0, 11, 1, 16, 2782, 2, 4) + bytes([0, 0, 0x42, 0x48])
PATIENCE_S = 60.0
SILENT_S = 0.3
WRITTEN = struct.pack(">HHHBBHH", 2, 0, 6, 1, 16, 2782, 2)


@pytest.fixture
def bench(faulty: Start) -> Faulty:
    return faulty("{instrument: bts-1, at: 1000 h, do: reboot}")


def _say(bench: Faulty, fault: str, instrument: str = "oven-1") -> None:
    bench.control.faults(f"{HEAD}  - {{instrument: {instrument}, {fault}}}\n")


def _ask(
    bench: Faulty, request: bytes, instrument: str = "oven-1", wire: str | None = None, patience_s: float = PATIENCE_S
) -> bytes:
    """Ask once on a connection of its own; nothing where nothing comes for so long."""
    with socket.create_connection(("127.0.0.1", bench.control.port(instrument, wire)), PATIENCE_S) as peer:
        peer.sendall(request)
        peer.settimeout(patience_s)
        try:
            return peer.recv(300)
        except TimeoutError:
            return b""


def _truth(bench: Faulty, instrument: str = "oven-1") -> dict[str, Any]:
    return bench.control.chamber(instrument)


# ---- the wires


@pytest.mark.parametrize(
    ("do", "told"),
    [
        ("drop_request", b""),
        ("drop_reply", b""),
        ("half_open", b""),
        ("close_before_reply", b""),
        ("close_mid_reply", b"8200"[:3]),
        ("garble", b"8\xff"),
        ("duplicate", b"8200\r\n8200\r\n"),
        ("refuse", b"1\r\n"),
        ("{split: 1}", b"8"),
    ],
)
def test_one_line_suffers_and_the_next_does_not(bench: Faulty, do: str, told: bytes) -> None:
    _say(bench, f"commands: 'IDEN?', do: {do}", "oven-2")
    silent = do in {"drop_request", "drop_reply", "half_open"}
    heard = _ask(bench, b"IDEN?\r\n", "oven-2", patience_s=SILENT_S if silent else PATIENCE_S)
    assert heard.startswith(told) if told else heard == b""
    assert _ask(bench, b"IDEN?\r\n", "oven-2") == b"8200\r\n"
    assert len(bench.control.fired()) == 1


def test_a_reset_instead_of_a_reply_and_a_late_one(bench: Faulty) -> None:
    _say(bench, "do: reset")
    with pytest.raises(ConnectionResetError):
        _ask(bench, READ)
    _say(bench, "do: {delay_s: 0.5}")
    began_s = time.monotonic()
    assert len(_ask(bench, READ)) == 13
    assert time.monotonic() - began_s >= 0.5


def test_a_set_point_that_is_acknowledged_and_not_set(bench: Faulty) -> None:
    _say(bench, "do: false_ack, times: 3")
    assert len(_ask(bench, READ)) == 13  # a question cannot be acknowledged
    assert _ask(bench, WRITE_50) == WRITTEN
    assert _ask(bench, b":SOURCE:CLOOP1:SPOINT 60\n:UNIT:TEMPERATURE?\n", wire="scpi") == b"C\n"
    assert _truth(bench)["target_degC"] == 25
    assert [one["command"] for one in bench.control.fired()] == ["modbus write", "scpi :SOURCE:CLOOP1:SPOINT"]
    _say(bench, "do: false_ack", "oven-2")
    assert _ask(bench, b"SETP1,60\r\n", "oven-2") == b"0\r\n"
    assert _truth(bench, "oven-2")["target_degC"] == 25


def test_only_one_wire_suffers(bench: Faulty) -> None:
    _say(bench, "random: 100 %, commands: modbus *, do: drop_reply")
    assert _ask(bench, b"*IDN?\n", wire="scpi").startswith(b'"Watlow')
    assert _ask(bench, READ, patience_s=SILENT_S) == b""


# ---- the chamber


@pytest.mark.parametrize(
    ("do", "key", "value"),
    [
        ("{door_open: true}", "door_open", True),
        ("{heater_alive: false}", "heater_alive", False),
        ("{sensor: nan}", "process_degC", None),
        ("{temperature: open}", "process_degC", None),
        ("{limit: trip}", "tripped", True),
        ("{set_point_degC: 40}", "target_degC", 40),
        ("{mode: auto}", "mode", "auto"),
        ("{unit: F}", "unit", "F"),
        ("{word_order: high}", "word_order", "high"),
        ("{alarm: 2, on: true}", "alarms", [False, True, False, False]),
    ],
)
def test_what_befalls_it_is_undone_after_its_time(bench: Faulty, do: str, key: str, value: object) -> None:
    before = _truth(bench)[key]
    assert before != value
    _say(bench, f"at: 1 min, for: 5 min, do: {do}")
    bench.control.advance(60)
    assert _truth(bench)[key] == value
    bench.control.advance(300)
    bench.control.advance(2)  # to the next tick of its controller
    after = _truth(bench)[key]
    assert after == (pytest.approx(before, abs=1) if isinstance(before, float) else before)


def test_a_device_of_another_unit_and_word_order_is_that_on_the_wire(bench: Faulty) -> None:
    low = _ask(bench, READ)[9:]
    _say(bench, "do: {word_order: high, unit: F}")
    high = _ask(bench, READ)[9:]
    assert struct.unpack(">f", low[2:] + low[:2])[0] == 25
    assert struct.unpack(">f", high)[0] == 77


def test_a_sensor_that_reads_too_low_lets_the_chamber_become_too_warm(bench: Faulty) -> None:
    _say(bench, "do: {temperature: {offset_K: -10}}, for: 2 h")
    bench.control.chamber("oven-1", mode="auto")
    bench.control.advance(3600)
    assert float(_ask(bench, PVALUE, wire="scpi")) == pytest.approx(25, abs=0.5)
    assert _truth(bench)["air_degC"] == pytest.approx(35, abs=0.5)
    ledger = bench.control.ledger("oven-1", "any", 0)
    assert ledger["process_degC"][-1] == pytest.approx(ledger["air_degC"][-1] - 10, abs=0.01)
    bench.control.advance(3602)
    assert float(_ask(bench, PVALUE, wire="scpi")) > 30


def test_a_frozen_sensor_stays_while_the_chamber_moves(bench: Faulty) -> None:
    _say(bench, "do: {temperature: frozen}")
    bench.control.chamber("oven-1", mode="auto", set_point_degC=60)
    bench.control.advance(600)
    assert float(_ask(bench, PVALUE, wire="scpi")) == 25
    assert _truth(bench)["air_degC"] > 30
    _say(bench, "do: {sensor: nan}", "oven-2")
    bench.control.advance(10)
    assert _ask(bench, b"PVAR1?\r\n", "oven-2") == b"999.00\r\n"
    assert math.isnan(bench.control.ledger("oven-2", "any", 0)["process_degC"][-1])


@pytest.mark.parametrize("instrument", ["oven-1", "oven-2"])
def test_a_reboot_brings_its_own_set_point_back(bench: Faulty, instrument: str) -> None:
    bench.control.chamber(instrument, mode="auto", set_point_degC=60)
    bench.control.advance(600)
    _say(bench, "do: reboot", instrument)
    assert (_truth(bench, instrument)["target_degC"], _truth(bench, instrument)["mode"]) == (25, "off")


def test_something_befalls_it_at_an_exchange_before_that_is_answered(bench: Faulty) -> None:
    _say(bench, "on: {command: 'scpi :SOURCE:CLOOP1:PVALUE?', nth: 2}, do: {sensor: nan}")
    assert float(_ask(bench, PVALUE, wire="scpi")) == 25
    assert _ask(bench, PVALUE, wire="scpi") == b"NAN\n"
    assert bench.control.fired()[0]["exchange"] == 2


def test_power_is_off_on_every_wire(bench: Faulty) -> None:
    _say(bench, "do: power_off, for: 1 min")
    for wire in ("modbus", "scpi"):
        with pytest.raises(ConnectionRefusedError):
            _ask(bench, READ, wire=wire)
    bench.control.advance(60)
    assert len(_ask(bench, READ)) == 13
