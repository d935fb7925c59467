"""What pymodbus would do on its own account, and answers that only Modbus has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.contracts import Chamber
from drivers.errors import DriverError, Garbled, Refused, Unreachable
from tests.drivers.chamber.conftest import OpenChamber
from tests.drivers.chamber.f4t_peer import LIMIT_STATUS, SET_POINT, F4t
from tests.drivers.chamber.tcp_peer import SILENCE, Answer, Peer

_WRITE_SEVERAL = 16


@pytest.fixture
def f4t() -> F4t:
    return F4t()


@pytest.fixture
def peer(f4t: F4t) -> Iterator[Peer]:
    with f4t.modbus() as running:
        yield running


@pytest.fixture
def oven(peer: Peer, chamber: OpenChamber) -> Chamber:
    found = chamber(peer.address, timeout=1.0)
    found.observe()
    return found


def refusing(code: int, reply: bytes) -> Answer:
    return Answer(reply[:4] + bytes([0, 3, reply[6], reply[7] | 0x80, code]))


def writes(peer: Peer) -> list[bytes]:
    return [request for request in peer.requests if request[7] == _WRITE_SEVERAL]


def test_a_write_without_answer_is_sent_once(oven: Chamber, peer: Peer) -> None:
    peer.on_next(lambda _: SILENCE, after=6)  # six reads, ramp off already, then the set point
    with pytest.raises(Unreachable) as caught:
        oven.set_temperature(60.0)
    assert caught.value.sent
    assert len(writes(peer)) == 1
    assert peer.requests[-1] == writes(peer)[-1]


def test_another_transaction_is_not_an_answer(oven: Chamber, peer: Peer) -> None:
    peer.on_next(lambda reply: Answer(bytes([reply[0], reply[1] ^ 0x40]) + reply[2:]))
    with pytest.raises(Unreachable, match="no whole reply"):
        oven.observe()
    assert oven.observe().process_degC == pytest.approx(24.93, abs=0.01)


@pytest.mark.parametrize(
    ("code", "kind", "reason"),
    [(3, Refused, "value not allowed"), (4, Refused, "device failure"), (6, Unreachable, "busy"), (99, Refused, "99")],
)
def test_exceptions_of_the_protocol(oven: Chamber, peer: Peer, code: int, kind: type[DriverError], reason: str) -> None:
    before = peer.connections
    peer.on_next(lambda reply: refusing(code, reply))
    with pytest.raises(kind, match=reason):
        oven.observe()
    assert oven.observe().process_degC is not None
    assert peer.connections == before  # an answer is an answer: nothing is late


def test_fewer_registers_than_asked_for(oven: Chamber, peer: Peer) -> None:
    def short(reply: bytes) -> Answer:
        return Answer(
            reply[:4] + (len(reply) - 8).to_bytes(2, "big") + reply[6:8] + bytes([reply[8] - 2]) + reply[9:-2]
        )

    peer.on_next(short)
    with pytest.raises(Garbled, match="registers for"):
        oven.observe()


def test_a_module_that_is_not_there(f4t: F4t, chamber: OpenChamber) -> None:
    f4t.gaps_refused = True
    del f4t.values[LIMIT_STATUS]
    with f4t.modbus() as peer:
        seen = chamber(peer.address).observe()
    assert "limit controller" not in seen.native_state
    assert seen.alarms == ()


def test_a_register_that_must_be_there(f4t: F4t, chamber: OpenChamber) -> None:
    f4t.gaps_refused = True
    del f4t.values[SET_POINT]
    with f4t.modbus() as peer, pytest.raises(Refused, match="no such register"):
        chamber(peer.address).observe()


def test_the_unit_id_is_the_lab_files(f4t: F4t, chamber: OpenChamber) -> None:
    with f4t.modbus() as peer:
        chamber(peer.address, device_id="7").observe()
        assert {request[6] for request in peer.requests} == {7}
