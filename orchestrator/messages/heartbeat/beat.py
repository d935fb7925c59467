"""One beat, by whatever way."""

from __future__ import annotations

import socket
from pathlib import Path

from orchestrator.messages.by_command import run_command
from orchestrator.messages.by_webhook import http_request
from orchestrator.messages.environment import required_value, scrubbed
from orchestrator.messages.heartbeat.output import Get, Heartbeat, Touch, Udp
from orchestrator.messages.letter import one_line
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Command

__all__ = ["beat"]

_LIMIT_S = 10.0
_REASON_MAX = 300


def beat(heartbeat: Heartbeat, lab: str, number: int) -> None:
    """Give one sign of life. Raises NotDelivered with one line that holds no secret. Blocks, for 10 s at most."""
    names: tuple[str, ...] = ()
    try:
        match heartbeat.way:
            case Touch(path):
                _touch(path)
            case Get(url, url_env):
                names = (url_env,) if url_env is not None else ()
                http_request("GET", url or required_value(url_env or ""), _LIMIT_S)
            case Udp(host, port):
                _send(host, port, f"cellbench {lab} {number}\n".encode())
            case Command() as command:
                run_command(command, told={"CELLBENCH_STATE": "alive"})
    except (NotDelivered, OSError) as error:
        raise NotDelivered(one_line(scrubbed(str(error), names), _REASON_MAX)) from None


def _touch(path: Path) -> None:
    path.touch()


def _send(host: str, port: int, datagram: bytes) -> None:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
    with socket.socket(family, kind, protocol) as sending:
        sending.sendto(datagram, address)
