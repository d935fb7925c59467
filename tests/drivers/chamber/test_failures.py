"""What may happen to a connection, on both transports: told as what it is, bounded, and gone with the next look."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial

import pytest
from pymodbus.logging import Log
from pyvisa_py.tcpip import TCPIPSocketSession

from drivers.contracts import Chamber, ChamberStatus
from drivers.errors import DriverError, Garbled, Unreachable
from tests.drivers.chamber.conftest import LAB_LIMITS, OpenChamber, Stopwatch
from tests.drivers.chamber.f4t_peer import PROCESS, F4t
from tests.drivers.chamber.tcp_peer import SILENCE, Answer, Peer, close_mid_reply

TIMEOUT_s = 1.0
"""Of the driver that waits in vain."""
PATIENT_s = 60.0
"""Of the one that is answered, though by a machine that is busy, or is told at once that it will not be."""
AT_ONCE_s = 30.0
"""Far below that, and far above what a machine that is busy takes for what is no wait."""
SPUN_s = 0.3
"""Processor time: less than half of what a driver that spins would spend in its time-out."""


@pytest.fixture(params=["modbus", "scpi"])
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def f4t() -> F4t:
    return F4t()


@pytest.fixture
def peer(f4t: F4t, transport: str) -> Iterator[Peer]:
    with f4t.modbus() if transport == "modbus" else f4t.scpi() as running:
        yield running


@pytest.fixture
def oven(peer: Peer, transport: str, chamber: OpenChamber) -> Chamber:
    """Connected, and looked at once."""
    return connected(chamber, peer, transport, PATIENT_s)


@pytest.fixture
def hasty(peer: Peer, transport: str, chamber: OpenChamber) -> Chamber:
    """Likewise, with a time-out that is worth waiting for."""
    return connected(chamber, peer, transport, TIMEOUT_s)


def connected(chamber: OpenChamber, peer: Peer, transport: str, timeout_s: float) -> Chamber:
    found = chamber(peer.address, transport=transport, temperature=LAB_LIMITS, timeout=timeout_s)
    found.observe()
    return found


def fails(oven: Chamber, kind: type[DriverError] = Unreachable) -> tuple[DriverError, Stopwatch]:
    with Stopwatch() as watch, pytest.raises(kind) as caught:
        oven.observe()
    return caught.value, watch


def test_a_port_that_refuses(transport: str, chamber: OpenChamber, free_port: int) -> None:
    error, watch = fails(
        chamber(f"127.0.0.1:{free_port}", transport=transport, temperature=LAB_LIMITS, timeout=PATIENT_s)
    )
    assert "cannot connect" in str(error)
    assert isinstance(error, Unreachable)
    assert not error.sent
    assert watch.wall_s < AT_ONCE_s


def test_a_host_that_does_not_answer_the_call(transport: str, chamber: OpenChamber) -> None:
    with ExitStack() as stack:
        listener = stack.enter_context(closing(socket.socket()))
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # its queue is full: nobody's call is taken any more
            caller = stack.enter_context(closing(socket.socket()))
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        address = f"127.0.0.1:{listener.getsockname()[1]}"
        error, watch = fails(chamber(address, transport=transport, temperature=LAB_LIMITS, timeout=TIMEOUT_s))
    assert "cannot connect" in str(error)
    assert TIMEOUT_s * 0.9 < watch.wall_s < AT_ONCE_s


def test_a_name_that_nobody_has(chamber: OpenChamber, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    error, _ = fails(chamber("oven.invalid:5025", transport="scpi", temperature=LAB_LIMITS))
    assert "unknown host" in str(error)


def test_silence(hasty: Chamber, peer: Peer) -> None:
    asked = len(peer.requests)
    peer.on_next(lambda _: SILENCE)
    error, watch = fails(hasty)
    assert isinstance(error, Unreachable)
    assert error.sent
    assert len(peer.requests) == asked + 1, "it has waited once"
    assert TIMEOUT_s * 0.9 < watch.wall_s < AT_ONCE_s
    assert watch.processor_s < SPUN_s  # it waited, and did not spin
    assert hasty.observe().process_degC == pytest.approx(24.93, abs=0.01)
    assert peer.connections == 2


def test_a_late_reply_never_answers_the_next_question(hasty: Chamber, peer: Peer, f4t: F4t) -> None:
    f4t.values[PROCESS] = 99.0
    for question in (0, 2):
        peer.on_next(lambda reply: Answer(reply, hold=True), after=question)
        fails(hasty)
        f4t.values[PROCESS] = 31.0
        seen = hasty.observe()  # the peer sends the late reply first
        assert seen.process_degC == pytest.approx(31.0, abs=0.01)
        assert seen.set_point_degC == pytest.approx(25.0, abs=0.01)


def test_bytes_that_nobody_asked_for(oven: Chamber, peer: Peer, f4t: F4t) -> None:
    peer.say(b"77.0000\n" * 4)
    _until(lambda: _sees(oven) is not None)
    f4t.values[PROCESS] = 31.0
    seen = oven.observe()
    assert seen.process_degC == pytest.approx(31.0, abs=0.01)
    assert peer.connections >= 2


@pytest.mark.parametrize(
    "twist",
    [close_mid_reply, lambda _: Answer(close=True), lambda _: Answer(reset=True), lambda r: Answer(r[:5], reset=True)],
)
def test_a_peer_that_hangs_up(oven: Chamber, peer: Peer, twist: Callable[[bytes], Answer]) -> None:
    for question in range(4):
        peer.on_next(twist, after=question)
        _, watch = fails(oven)
        assert watch.wall_s < AT_ONCE_s
        assert watch.processor_s < SPUN_s
        assert oven.observe().process_degC == pytest.approx(24.93, abs=0.01)


def test_a_peer_that_hangs_up_between_two_questions(oven: Chamber, peer: Peer) -> None:
    peer.on_next(lambda reply: Answer(reply, close=True))
    error, _ = fails(oven)
    assert isinstance(error, Unreachable)
    before = peer.connections
    assert oven.observe().process_degC is not None
    assert peer.connections == before + 1  # the driver has connected, and has asked again who is there


def test_a_peer_that_was_restarted_meanwhile(oven: Chamber, peer: Peer) -> None:
    peer.hang_up()
    _until(lambda: _sees(oven) is not None)
    assert oven.observe().process_degC == pytest.approx(24.93, abs=0.01)


def test_a_reply_that_never_ends(hasty: Chamber, peer: Peer) -> None:
    asked = len(peer.requests)
    peer.on_next(lambda reply: Answer(reply[:4], drip=True))
    _, watch = fails(hasty, DriverError)
    assert len(peer.requests) == asked + 1, "it has waited once"
    assert watch.wall_s < AT_ONCE_s
    assert hasty.observe().process_degC == pytest.approx(24.93, abs=0.01)


def test_noise(hasty: Chamber, peer: Peer) -> None:
    asked = len(peer.requests)
    peer.on_next(lambda reply: Answer(b"\xff\xfe\xfd" * 4 + b"\n"))
    error, watch = fails(hasty, Garbled)
    assert isinstance(error, Garbled)
    assert b"\xff\xfe" in error.received
    assert len(peer.requests) == asked + 1, "it has waited once"
    assert watch.wall_s < AT_ONCE_s
    assert hasty.observe().process_degC == pytest.approx(24.93, abs=0.01)


def test_a_reply_in_pieces(f4t: F4t, transport: str, chamber: OpenChamber) -> None:
    with f4t.modbus() if transport == "modbus" else f4t.scpi() as peer:
        oven = connected(chamber, peer, transport, PATIENT_s)
        peer.on_next(lambda reply: Answer(reply[:3], rest=reply[3:]))
        assert oven.observe().process_degC == pytest.approx(24.93, abs=0.01)
        assert peer.connections == 1


def test_one_that_hangs_does_not_block_another(oven: Chamber, peer: Peer, transport: str, chamber: OpenChamber) -> None:
    with F4t().modbus() if transport == "modbus" else F4t().scpi() as other_peer:
        other = connected(chamber, other_peer, transport, PATIENT_s)
        peer.on_next(lambda _: SILENCE)
        waiting = threading.Thread(target=partial(fails, oven))
        waiting.start()
        other.observe()
        assert waiting.is_alive(), "the other was waited for"
        peer.hang_up()
        waiting.join()
        assert other.observe().process_degC is not None  # letting go of one connection leaves the others alone


def test_what_never_returns_is_never_called(hasty: Chamber, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    for name in ("clear", "flush"):  # on a closed connection neither returns
        monkeypatch.setattr(TCPIPSocketSession, name, lambda *_, name=name: called.append(name))
    for twist in (close_mid_reply, lambda _: SILENCE):
        peer.on_next(twist)
        fails(hasty)
        hasty.observe()
    hasty.close()
    assert called == []


def test_failures_are_told_once_and_not_logged_by_the_library(
    hasty: Chamber, peer: Peer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Log, "last_log_text", "")  # it leaves out what it has said before
    peer.on_next(close_mid_reply)
    fails(hasty)
    peer.on_next(lambda _: SILENCE)
    fails(hasty)
    assert [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")] == []


def _sees(oven: Chamber) -> ChamberStatus | None:
    try:
        return oven.observe()
    except Unreachable:
        return None


def _until(come: Callable[[], bool]) -> None:
    assert any(come() for _ in range(50))
