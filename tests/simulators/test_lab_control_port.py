"""The control port over its wire: nodes, time, and whatever may be thrown at it."""

import json
import socket
import struct

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulators.lab.client import LabControl, Woken
from simulators.lab.refusal import LabRefusal
from simulators.lab.thread import LabThread

START_UNIX_S = 1767571200.0  # 2026-01-05T08:00:00+08:00


def test_hello_names_the_instruments_and_where_they_listen(lab: LabThread, control: LabControl) -> None:
    hello = control.hello()
    assert hello["lab"] == "two units"
    assert hello["now_unix_s"] == START_UNIX_S
    assert hello["instruments"] == {"bts-1": {"kind": "neware", "host": "127.0.0.1", "port": lab.port("bts-1")}}


def test_two_nodes_share_time(lab: LabThread) -> None:
    with lab.control() as a, lab.control() as b:
        assert a.attach("a") == b.attach("b") == START_UNIX_S
        nap = a.start_sleep(START_UNIX_S + 60)
        assert b.now() == START_UNIX_S
        assert b.sleep(START_UNIX_S + 10) == Woken(START_UNIX_S + 10, woken=False)
        assert b.sleep(START_UNIX_S + 60) == Woken(START_UNIX_S + 60, woken=False)
        assert a.finish_sleep(nap) == Woken(START_UNIX_S + 60, woken=False)


def test_a_killed_nodes_connection_gives_time_back(lab: LabThread) -> None:
    with lab.control() as survivor:
        survivor.attach("survivor")
        killed = socket.create_connection(("127.0.0.1", lab.control_port))
        killed.sendall(b'{"id": 1, "op": "attach", "name": "killed"}\n')
        assert json.loads(killed.recv(4096))["ok"]
        nap = survivor.start_sleep(START_UNIX_S + 500)
        assert survivor.now() == START_UNIX_S
        killed.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        killed.close()  # with a reset, as a killed process on a dying machine
        assert survivor.finish_sleep(nap) == Woken(START_UNIX_S + 500, woken=False)


def test_wake_ends_the_pending_sleep_and_both_are_answered(lab: LabThread) -> None:
    with lab.control() as node, lab.control() as other:
        node.attach("node")
        other.attach("other")
        nap = node.start_sleep(START_UNIX_S + 60)
        assert node.wake() == START_UNIX_S
        assert node.finish_sleep(nap) == Woken(START_UNIX_S, woken=True)


def test_detach_keeps_the_connection(lab: LabThread) -> None:
    with lab.control() as node:
        node.attach("node")
        node.detach()
        assert node.advance(5) == START_UNIX_S + 5


def test_time_runs_without_a_node_once_it_has_a_speed(control: LabControl) -> None:
    control.speed(1e6)
    first = control.now()
    assert control.now() > first


def test_refusals_say_why(lab: LabThread, control: LabControl) -> None:
    with pytest.raises(LabRefusal, match="attach first"):
        control.sleep(START_UNIX_S + 1)
    control.attach("me")
    with pytest.raises(LabRefusal, match="attached already, as me"):
        control.attach("again")
    with pytest.raises(LabRefusal, match="belongs to the attached nodes: me"):
        control.advance(1)
    with pytest.raises(LabRefusal, match="finite"):
        control.sleep(float("nan"))
    with pytest.raises(LabRefusal, match="no instrument 'bts-9'; there are bts-1"):
        control.tests("bts-9")
    with pytest.raises(LabRefusal, match="no channel '27-1-1-1'"):
        control.unplug("bts-1", "27-1-1-1")
    with pytest.raises(LabRefusal, match="has no test 5"):
        control.ledger("bts-1", "27-21-1-1", 5)
    with pytest.raises(LabRefusal, match=r"cell\.active_mass_g"):
        control.plug("bts-1", "27-21-1-3", {"material": "sio_c_l", "active_mass_g": -1, "area_cm2": 1})
    with pytest.raises(LabRefusal, match=r"drop_reply.*split"):
        control.fault("bts-1", "inquire", "explode")
    with pytest.raises(LabRefusal, match="counts from 1"):
        control.fault("bts-1", "inquire", "garble", nth=0)


def test_plugging_and_unplugging_shows_in_cells(control: LabControl) -> None:
    control.plug("bts-1", "27-21-2-8", {"material": "sio_c_l", "active_mass_g": 0.002, "area_cm2": 1.131, "seed": 3})
    control.unplug("bts-1", "27-21-1-1")
    cells = control.cells()["bts-1"]
    assert set(cells) == {"27-21-1-2", "27-21-2-8"}
    assert cells["27-21-2-8"]["active_mass_g"] == 0.002
    assert cells["27-21-2-8"]["material"] == "sio_c_l"
    assert np.isfinite(cells["27-21-2-8"]["voltage_V"])
    assert "lithium_mAh_g" in cells["27-21-2-8"]["state"]


def test_power_off_refuses_connections_resets_old_ones_and_comes_back_on_the_same_port(
    lab: LabThread, control: LabControl
) -> None:
    port = lab.port("bts-1")
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b'<bts version="1.0"><cmd>connect</cmd></bts>#\r\n')
        assert client.recv(4096).endswith(b"#\r\n")
        control.power("bts-1", on=False)
        control.power("bts-1", on=False)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    control.power("bts-1", on=True)
    assert control.port("bts-1") == port
    socket.create_connection(("127.0.0.1", port)).close()


def test_power_on_tells_when_the_port_is_taken(lab: LabThread, control: LabControl) -> None:
    control.power("bts-1", on=False)
    with socket.create_server(("127.0.0.1", lab.port("bts-1"))), pytest.raises(LabRefusal, match="cannot be opened"):
        control.power("bts-1", on=True)
    control.power("bts-1", on=True)


def test_the_port_of_an_instrument_that_is_off_is_given_to_nobody_else(lab: LabThread, control: LabControl) -> None:
    control.power("bts-1", on=False)
    with socket.socket() as another, pytest.raises(OSError, match="already in use"):
        another.bind(("127.0.0.1", lab.port("bts-1")))
    control.power("bts-1", on=True)


def test_shutdown_answers_and_ends_the_lab(lab: LabThread) -> None:
    with lab.control() as control:
        control.shutdown()
        lab.join()
        with pytest.raises(ConnectionError):
            control.now()


HOSTILE = st.one_of(
    st.binary(max_size=200),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    st.fixed_dictionaries(
        {"op": st.sampled_from(["sleep", "attach", "wake", "advance", "plug", "unplug", "ledger", "fault", "power"])},
        optional={
            key: st.none() | st.integers() | st.floats() | st.text(max_size=4) | st.lists(st.integers(), max_size=2)
            for key in ("id", "name", "until_unix_s", "by_s", "instrument", "channel", "cell", "do", "on", "test_id")
        },
    ).map(lambda value: json.dumps(value).encode()),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(lines=st.lists(HOSTILE, min_size=1, max_size=5))
def test_survives_whatever_is_sent(lab: LabThread, lines: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", lab.control_port), timeout=60) as hostile:
        hostile.sendall(b"\n".join(lines) + b'\n{"id": "last", "op": "now"}\n')
        answers = hostile.makefile("rb")
        for line in answers:
            answer = json.loads(line)
            assert isinstance(answer["ok"], bool)
            assert answer["ok"] or "\n" not in answer["error"]
            if answer["id"] == "last":
                break
        else:
            pytest.fail("the lab hung up")
        answers.close()
    with lab.control() as control:
        assert control.now() >= START_UNIX_S


@pytest.mark.parametrize("line", [b"[" * 500_000, b'{"id": 1, "op": "advance", "by_s": 1' + b"0" * 5000 + b"}"])
def test_absurd_json_is_an_error_not_an_end(lab: LabThread, line: bytes) -> None:
    with socket.create_connection(("127.0.0.1", lab.control_port), timeout=60) as hostile:
        hostile.sendall(line + b"\n")
        assert b'"ok":false' in hostile.recv(4096)
    with lab.control() as control:
        assert control.now() == START_UNIX_S


def test_a_line_without_an_end_is_cut_off(lab: LabThread) -> None:
    with socket.create_connection(("127.0.0.1", lab.control_port), timeout=60) as hostile:
        hostile.sendall(b"x" * (1 << 20) + b"y")
        answers = hostile.makefile("rb")
        assert b"longer than" in answers.readline()
        assert answers.readline() == b""
        answers.close()
