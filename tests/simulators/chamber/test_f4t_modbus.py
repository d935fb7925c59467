"""The F4T over Modbus TCP, by clients that nobody here wrote: pymodbus, and mbpoll where it is installed."""

import math
import re
import shutil
import socket
import struct
import subprocess
from collections.abc import Iterator

import pytest
from pymodbus.client import ModbusTcpClient

from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread


class F4t:
    """What a client of pymodbus reads and writes; floats low word first."""

    def __init__(self, port: int) -> None:
        self.client = ModbusTcpClient("127.0.0.1", port=port, timeout=60)
        assert self.client.connect()

    def words(self, address: int, count: int = 1) -> list[int]:
        return self.client.read_holding_registers(address, count=count, device_id=1).registers

    def number(self, address: int, order: str = "little") -> float:
        return self.client.convert_from_registers(
            self.words(address, 2), self.client.DATATYPE.FLOAT32, word_order=order
        )

    def set_number(self, address: int, value: float) -> object:
        words = self.client.convert_to_registers(value, self.client.DATATYPE.FLOAT32, word_order="little")
        return self.client.write_registers(address, words, device_id=1)

    def set_word(self, address: int, value: int) -> object:
        return self.client.write_register(address, value, device_id=1)


@pytest.fixture
def f4t(lab: LabThread) -> Iterator[F4t]:
    it = F4t(lab.port("oven-1"))
    yield it
    it.client.close()


def test_a_client_sets_a_ramp_and_watches_it(f4t: F4t, control: LabControl) -> None:
    assert bytes(f4t.words(16, 15)).decode().startswith("F4T")
    assert (f4t.number(2774), f4t.number(2776), f4t.words(6730)) == (-40.0, 100.0, [15])
    assert f4t.words(2814) == [62]  # off until its event is on
    for answer in (f4t.set_word(2794, 85), f4t.set_word(2796, 57), f4t.set_number(2798, 1.0)):
        assert not answer.isError()
    assert not f4t.set_number(2782, 55.0).isError()
    assert not f4t.set_word(16594, 63).isError()
    control.advance(600)
    assert f4t.number(2782) == 55.0
    assert f4t.number(2810) == pytest.approx(35.0, abs=0.05)
    assert f4t.number(2820) == pytest.approx(34.7, abs=0.1)
    assert f4t.number(2820) == f4t.number(27586)
    assert 20 < f4t.number(2808) < 50
    assert f4t.words(2814) == [10]
    truth = control.chamber("oven-1")
    assert f4t.number(2820) == pytest.approx(truth["process_degC"], abs=1e-5)


def test_a_block_holds_what_single_reads_do(f4t: F4t) -> None:
    block = f4t.words(2730, 120)
    for address in (2774, 2776, 2782, 2798, 2810, 2820):
        assert block[address - 2730 : address - 2728] == f4t.words(address, 2)
    assert f4t.words(2821) == f4t.words(2820, 2)[1:]  # half of a float can be read
    assert f4t.client.read_input_registers(2820, count=2, device_id=1).registers == f4t.words(2820, 2)


def test_in_fahrenheit_every_temperature_is_another_number(f4t: F4t, control: LabControl) -> None:
    f4t.set_number(2798, 2.0)
    control.chamber("oven-1", unit="F")
    assert f4t.words(6730) == [30]
    assert f4t.number(2776) == pytest.approx(212.0)
    assert f4t.number(2820) == pytest.approx(77.0, abs=0.1)
    assert f4t.number(2798) == pytest.approx(3.6)  # a difference has no 32 in it
    f4t.set_number(2782, 104.0)
    f4t.set_word(6730, 15)
    assert f4t.number(2782) == pytest.approx(40.0, abs=1e-5)


def test_the_word_order_can_be_the_other_one(f4t: F4t, control: LabControl) -> None:
    control.chamber("oven-1", word_order="high")
    assert f4t.number(2776, order="big") == 100.0
    assert abs(f4t.number(2776)) < 1e-30


@pytest.mark.parametrize(
    ("write", "code"),
    [
        (lambda it: it.set_number(2782, 150.0), 3),
        (lambda it: it.set_number(2782, float("nan")), 3),
        (lambda it: it.set_word(2782, 0), 3),  # half of a float
        (lambda it: it.set_number(2820, 30.0), 2),
        (lambda it: it.set_word(3000, 1), 2),
        (lambda it: it.set_word(2730, 99), 3),
        (lambda it: it.client.read_holding_registers(40_000, count=1, device_id=1), 2),
        (lambda it: it.client.read_coils(1, count=1, device_id=1), 1),
        (lambda it: it.client.read_holding_registers(2820, count=2, device_id=7), 11),
    ],
)
def test_what_cannot_be_is_an_exception_response(f4t: F4t, write, code: int) -> None:
    answer = write(f4t)
    assert answer.isError()
    assert answer.exception_code == code
    assert f4t.number(2782) == 25.0


def test_a_refused_write_writes_nothing(f4t: F4t) -> None:
    words = f4t.client.convert_to_registers(50.0, f4t.client.DATATYPE.FLOAT32, word_order="little")
    assert f4t.client.write_registers(2782, [*words, *words, 0, 0], device_id=1).isError()
    assert f4t.number(2782) == 25.0


def test_alarms_limits_and_profiles_are_told(f4t: F4t, control: LabControl) -> None:
    assert (f4t.words(1356), f4t.words(11264), f4t.words(11250), f4t.words(16568)) == ([61], [138], [61], [251])
    control.chamber("oven-1", alarm=1, limit="trip")
    assert (f4t.words(1356), f4t.words(11264), f4t.words(11250)) == ([37], [32], [28])
    control.chamber("oven-1", alarm=1, on=False)
    control.chamber("oven-1", limit="reset", sensor="open")
    control.advance(2)
    assert f4t.words(1356) == [28]
    assert math.isnan(f4t.number(2820))
    f4t.set_word(16558, 1)
    f4t.set_word(16562, 1782)
    assert (f4t.words(16568), f4t.words(16590)) == ([149], [1])
    f4t.set_word(16566, 146)
    assert f4t.words(16568) == [146]
    f4t.set_word(16564, 147)
    f4t.set_word(16566, 148)
    assert f4t.words(16568) == [253]


def test_a_hand_at_the_panel_switches_what_the_wire_tells(f4t: F4t, control: LabControl) -> None:
    assert (f4t.words(16594), f4t.words(2814)) == ([62], [62])
    control.chamber("oven-1", profile=1)
    assert (f4t.words(16594), f4t.words(2814), f4t.words(16568)) == ([63], [10], [149])
    control.chamber("oven-1", profile="terminate", mode="off")
    assert (f4t.words(16594), f4t.words(2814)) == ([62], [62])
    f4t.set_word(2730, 62)
    control.chamber("oven-1", mode="auto")
    assert (f4t.words(16594), f4t.words(2730), f4t.words(2814)) == ([63], [10], [10])


def test_bytes_that_are_no_modbus_end_the_connection(lab: LabThread) -> None:
    with socket.create_connection(("127.0.0.1", lab.port("oven-1")), 60) as peer:
        peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert peer.recv(100) == b""
    request = struct.pack(">HHHBBHH", 9, 0, 6, 1, 3, 2820, 2)
    with socket.create_connection(("127.0.0.1", lab.port("oven-1")), 60) as peer:
        for byte in request:  # a frame may come in pieces
            peer.sendall(bytes([byte]))
        assert peer.recv(100)[:9] == struct.pack(">HHHBBB", 9, 0, 7, 1, 3, 4)


@pytest.mark.skipif(shutil.which("mbpoll") is None, reason="mbpoll (Debian) is not installed")
def test_mbpoll_reads_and_writes(lab: LabThread, control: LabControl) -> None:
    def mbpoll(*arguments: str) -> str:
        port = str(lab.port("oven-1"))
        command = ["mbpoll", "-m", "tcp", "-p", port, "-a", "1", "-0", "-1", "-q", *arguments]
        return subprocess.run(command, capture_output=True, text=True, timeout=300, check=True).stdout

    assert mbpoll("-r", "2782", "-t", "4:float", "127.0.0.1", "41.5")
    assert control.chamber("oven-1")["target_degC"] == 41.5
    shown = re.search(r"\[2782\]:\s*(\S+)", mbpoll("-r", "2782", "-t", "4:float", "127.0.0.1"))
    assert shown is not None
    assert float(shown[1]) == 41.5
    assert "[6730]" in mbpoll("-r", "6730", "-t", "4", "127.0.0.1")
