"""The service manager is told by datagrams, on a path or on an abstract name; without a socket nothing is sent."""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.process.supervisor import Supervisor


@pytest.fixture(params=["path", "abstract"])
def listening(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, socket.socket]]:
    """An address as systemd writes it, and the socket behind it."""
    name = f"cellbench-{uuid.uuid4().hex}"
    written, bound = (f"@{name}", f"\0{name}") if request.param == "abstract" else (str(tmp_path / "n"),) * 2
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(bound)
        receiver.settimeout(60.0)
        yield written, receiver


def test_each_word_is_one_datagram(listening: tuple[str, socket.socket]) -> None:
    address, receiver = listening
    supervisor = Supervisor.from_environment({"NOTIFY_SOCKET": address})

    supervisor.ready("3 runs on bts-1;\nsilent: oven-1")
    supervisor.status("4 runs")
    supervisor.alive()
    supervisor.stopping()

    assert [receiver.recv(1000).decode() for _ in range(4)] == [
        "READY=1\nSTATUS=3 runs on bts-1; silent: oven-1",
        "STATUS=4 runs",
        "WATCHDOG=1",
        "STOPPING=1",
    ]


def test_the_watchdogs_time_is_for_the_process_that_it_names() -> None:
    usec = {"NOTIFY_SOCKET": "/run/x", "WATCHDOG_USEC": "90000000"}

    assert Supervisor.from_environment(usec).watchdog_s == 90.0
    assert Supervisor.from_environment({**usec, "WATCHDOG_PID": str(os.getpid())}).watchdog_s == 90.0
    assert Supervisor.from_environment({**usec, "WATCHDOG_PID": "1"}).watchdog_s is None
    assert Supervisor.from_environment({**usec, "WATCHDOG_USEC": "soon"}).watchdog_s is None


@pytest.mark.parametrize("address", ["", "somewhere", "vsock:2:1"])
def test_an_address_that_is_none_of_ours_is_left_alone(address: str) -> None:
    supervisor = Supervisor.from_environment({"NOTIFY_SOCKET": address})
    supervisor.alive()
    assert supervisor.address is None


def test_a_service_manager_that_is_gone_is_said_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    supervisor = Supervisor(str(tmp_path / "nobody"))
    supervisor.alive()
    supervisor.alive()
    assert len(caplog.messages) == 1
    assert "is not told" in caplog.messages[0]
