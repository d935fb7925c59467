"""Looking for BTS Clients: bounded, many at a time, and what answers otherwise is named."""

from __future__ import annotations

import pytest

from drivers.errors import Garbled, Unreachable
from drivers.neware import discovery
from drivers.neware.connection import Endpoint
from drivers.neware.discovery import FoundClient, addresses_in, ask_all
from tests.drivers.neware.loopback import HANG, Answer, Loopback, reply

DEVINFO = reply(
    '<cmd>getdevinfo_resp</cmd><middle count="2">'
    '<channel ip="127.0.0.1" devtype="27" devid="21" subdevid="1" Channelid="1">true</channel>'
    '<channel ip="127.0.0.1" devtype="27" devid="21" subdevid="1" Channelid="2">true</channel></middle>'
)


def test_a_network_is_every_host_in_it() -> None:
    assert addresses_in("192.0.2.8/30") == ["192.0.2.9:502", "192.0.2.10:502"]
    assert addresses_in("192.0.2.8/30:5020") == ["192.0.2.9:5020", "192.0.2.10:5020"]
    assert addresses_in("bts-pc") == ["bts-pc:502"]
    assert addresses_in("192.0.2.7:5020") == ["192.0.2.7:5020"]
    assert len(addresses_in("192.0.2.0/24")) == 254


def test_each_answers_for_itself_and_none_waits_for_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_TIMEOUT_s", 0.3)
    web_server = Answer((b"HTTP/1.1 400 Bad Request\r\n\r\n#\r\n",), close=True)
    with Loopback(lambda _: DEVINFO) as bts, Loopback(lambda _: HANG) as deaf, Loopback(lambda _: web_server) as other:
        ports = (bts.port, deaf.port, other.port)
        answers = ask_all([(Endpoint("127.0.0.1", port, 60.0, 60.0), None) for port in ports])
    client, silent, garbled = answers
    assert isinstance(client, FoundClient)
    assert (client.identity.model, client.channels) == ("BTS 8, devtype 27", ("27-21-1-1", "27-21-1-2"))
    assert client.identity.address == f"127.0.0.1:{bts.port}"
    assert isinstance(silent, Unreachable)
    assert isinstance(garbled, Garbled | Unreachable)


def test_nobody_to_ask_is_no_answer() -> None:
    assert ask_all([]) == []
