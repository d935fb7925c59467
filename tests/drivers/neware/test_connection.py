"""One connection over a real loopback socket: what is sent, how often, and what is believed."""

from __future__ import annotations

import select
import time
from collections.abc import Callable

import pytest

from drivers.errors import Garbled, Refused, Unreachable
from drivers.neware.connection import Connection, Endpoint, Login
from drivers.neware.replies import parse_reply
from drivers.neware.requests import Request, channel_command, connect, get_devinfo
from tests.drivers.neware.loopback import HANG, Answer, Loopback, Script, frame, reply
from tests.drivers.neware.replies import LOGIN_OK, Channel, devinfo, inquire

DEVINFO = devinfo([Channel(1)])
WHOLE = DEVINFO.packets[0]
STOP = channel_command("stop", [])


def ask(connection: Connection, request: Request | None = None) -> str:
    request = request or get_devinfo()
    return connection.exchange(request, lambda body: parse_reply(body, request.command).command)


@pytest.fixture
def connect_to() -> Callable[..., Connection]:
    opened: list[Connection] = []

    def open_connection(server: Loopback, login: Login | None = None, timeout: float = 30.0) -> Connection:
        opened.append(Connection(Endpoint("127.0.0.1", server.port, 30.0, timeout), login))
        return opened[-1]

    yield open_connection  # type: ignore[misc]
    for one in opened:
        one.close()


def test_one_connection_serves_many_exchanges_and_logs_in_once(connect_to: Callable[..., Connection]) -> None:
    login = "<username>lab</username><password>se&lt;cret</password>"
    with Loopback(Script([(login, LOGIN_OK), ("getdevinfo", DEVINFO), ("getdevinfo", DEVINFO)])) as server:
        connection = connect_to(server, Login("lab", "se<cret"))
        assert [ask(connection), ask(connection)] == ["getdevinfo", "getdevinfo"]
    assert server.connections == 1


def test_a_refused_login_is_refused_and_nothing_else_is_sent(connect_to: Callable[..., Connection]) -> None:
    failed = reply("  <cmd>connect_resp</cmd>\n  <result>fail</result>")
    with (
        Loopback(Script([("<cmd>connect</cmd>", failed)])) as server,
        pytest.raises(Refused, match=r"refused the login of 'admin': 'fail'"),
    ):
        ask(connect_to(server, Login()), STOP)


def test_a_lost_login_means_that_nothing_was_sent(connect_to: Callable[..., Connection]) -> None:
    with Loopback(Script([("<cmd>connect</cmd>", Answer(close=True))])) as server:
        with pytest.raises(Unreachable, match="no login") as caught:
            ask(connect_to(server, Login()), STOP)
        assert not caught.value.sent


def test_nobody_listens(free_port: int) -> None:
    with pytest.raises(Unreachable, match=rf"127.0.0.1:{free_port}: cannot connect.*is BTS Client running") as caught:
        ask(Connection(Endpoint("127.0.0.1", free_port, 30.0, 30.0), None))
    assert not caught.value.sent


@pytest.mark.parametrize(
    "first",
    [
        Answer(close=True),
        Answer(reset=True),
        Answer((WHOLE[:90],), close=True),
        Answer((b"\x15garbage\xff\xfe",)),
        Answer((WHOLE + WHOLE,)),
        Answer((frame("  <cmd>inquire_resp</cmd>"),)),
        Answer((WHOLE.replace(b"<middle", b"<\xffddle"),)),
        Answer((WHOLE.replace(b"</middle>", b""),)),
    ],
    ids=["closed", "reset", "half", "garbage", "twice", "another answer", "no UTF-8", "no XML"],
)
def test_a_reading_request_is_tried_once_more_on_a_new_connection(
    first: Answer, connect_to: Callable[..., Connection]
) -> None:
    with Loopback(Script([("getdevinfo", first), ("getdevinfo", DEVINFO)])) as server:
        assert ask(connect_to(server)) == "getdevinfo"
    assert server.connections == 2


def test_and_only_once(connect_to: Callable[..., Connection]) -> None:
    garbage = Answer((b"\x15garbage",))
    with Loopback(Script([("getdevinfo", garbage)] * 2)) as server, pytest.raises(Garbled) as caught:
        ask(connect_to(server))
    assert caught.value.received == b"\x15garbage"


@pytest.mark.parametrize(
    "first",
    [HANG, Answer(close=True), Answer(reset=True), Answer((b"<bts><cmd>sto",), close=True), Answer((b"\x15x",))],
    ids=["silence", "closed", "reset", "half", "garbage"],
)
def test_a_request_that_changes_the_world_is_sent_once(first: Answer, connect_to: Callable[..., Connection]) -> None:
    with Loopback(Script([("<cmd>stop</cmd>", first)])) as server:
        with pytest.raises(Unreachable, match="stop") as caught:
            ask(connect_to(server, timeout=0.2), STOP)
        assert caught.value.sent
    assert server.commands() == ["stop"]


def test_no_reply_ends_at_the_time_limit_though_bytes_trickle(connect_to: Callable[..., Connection]) -> None:
    with Loopback(Script([("getdevinfo", Answer((WHOLE[:50],)))])) as server:
        begun = time.monotonic()
        with pytest.raises(Unreachable, match=r"no whole reply in time \(50 bytes came\)"):
            ask(connect_to(server, timeout=2.0))
        assert time.monotonic() - begun < 30.0, "the rest was waited for"


def test_a_late_reply_never_answers_the_next_question(connect_to: Callable[..., Connection]) -> None:
    """The first connection stays open with a reply on its way: it must not be listened to again."""
    live = inquire([Channel(1)])
    with Loopback(Script([("getdevinfo", HANG), ("<cmd>inquire</cmd>", live)])) as server:
        connection = connect_to(server, timeout=1.0)
        with pytest.raises(Unreachable):
            ask(connection)
        assert (
            ask(connection, Request("inquire", b"<bts><cmd>inquire</cmd></bts>#\r\n", changes_world=False)) == "inquire"
        )
    assert server.connections == 2


def test_bytes_that_nobody_asked_for_are_thrown_away_with_their_connection() -> None:
    """A frame that comes between two exchanges: even a start may go out, on a new connection."""
    with Loopback(Script([("getdevinfo", DEVINFO), ("<cmd>stop</cmd>", reply("<cmd>stop_resp</cmd>"))])) as server:
        connection = Connection(Endpoint("127.0.0.1", server.port, 30.0, 30.0), None)
        ask(connection)
        assert server._open is not None
        server._open.sendall(WHOLE)
        assert connection._link is not None
        assert select.select([connection._link._socket], [], [], 60.0)[0], "they have come"
        assert ask(connection, STOP) == "stop"
        connection.close()
    assert server.connections == 2


def test_a_multibyte_text_split_at_every_byte_arrives_whole(connect_to: Callable[..., Connection]) -> None:
    whole = frame("  <cmd>inquire_resp</cmd>\n  <x>Zürich 电池</x>")
    bytewise = Answer(tuple(whole[i : i + 1] for i in range(len(whole))))
    with Loopback(Script([("inquire", bytewise)])) as server:
        request = Request("inquire", b"<bts><cmd>inquire</cmd></bts>#\r\n", changes_world=False)
        text = connect_to(server).exchange(request, lambda body: parse_reply(body, "inquire").text("x"))
    assert text == "Zürich 电池"


def test_resets_every_third_exchange_are_survived(connect_to: Callable[..., Connection]) -> None:
    asked = 0

    def answer(request: str) -> Answer:
        nonlocal asked
        asked += 1
        return Answer(reset=True) if asked % 3 == 0 else DEVINFO

    with Loopback(answer) as server:
        connection = connect_to(server)
        assert [ask(connection) for _ in range(20)] == ["getdevinfo"] * 20
    assert connection.opened == 1 + (asked - 1) // 3 + (1 if asked % 3 == 0 else 0)


def test_a_peer_that_closes_costs_no_processor_time(connect_to: Callable[..., Connection]) -> None:
    with Loopback(Script([("getdevinfo", Answer(close=True))] * 2)) as server:
        spent = time.thread_time()
        with pytest.raises(Unreachable, match="the peer closed the connection after 0 bytes"):
            ask(connect_to(server))
        assert time.thread_time() - spent < 0.2


def test_the_login_request_has_the_fields_of_the_vendors_tester() -> None:
    assert connect("admin", "neware").payload == (
        b'<?xml version="1.0" encoding="UTF-8" ?><bts version="1.0"><cmd>connect</cmd><username>admin</username>'
        b"<password>neware</password><type>bfgs</type></bts>#\r\n"
    )
