"""The ``heartbeat:`` of a lab file: signs of life for a watchdog relay."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from orchestrator.config.keys import Keys, seconds, text
from orchestrator.config.message_values import arguments, host_and_port, items, url, variable
from orchestrator.messages.heartbeat.output import Get, Heartbeat, Touch, Udp
from orchestrator.messages.receiver import Command
from protocols.errors import Refusal
from protocols.node import Node

__all__ = ["read_heartbeats"]

_EXAMPLE = "{touch: /run/cellbench/alive, every: 5 s}"
_WAYS = ("touch", "get", "get_env", "udp", "command")
_EVERY_S = 5.0
_COMMAND_LIMIT_S = 10.0


def read_heartbeats(node: Node, folder: Path) -> tuple[Heartbeat, ...]:
    """Read the section; relative paths in it stand in ``folder``. Raises Refusal."""
    heartbeats: dict[str, Heartbeat] = {}
    for item in items(node, "heartbeat", _EXAMPLE):
        heartbeat = _heartbeat(item, folder)
        if heartbeat.name in heartbeats:
            raise Refusal(item.place, f"{heartbeat.name!r} is in here already", "give each a `name` of its own")
        heartbeats[heartbeat.name] = heartbeat
    return tuple(heartbeats.values())


def _heartbeat(node: Node, folder: Path) -> Heartbeat:
    keys = Keys(node, "heartbeat")
    named = [way for way in _WAYS if keys.node.get(way) is not None]
    if len(named) != 1:
        raise Refusal(node.place, f"a heartbeat has one of {', '.join(_WAYS)}", f"write `- {_EXAMPLE}`")
    every_s = keys.optional("every", seconds) or _EVERY_S
    usual, way = _way(named[0], keys, folder, every_s)
    name = keys.optional("name", text) or usual
    keys.done()
    return Heartbeat(name, way, every_s)


def _way(named: str, keys: Keys, folder: Path, every_s: float) -> tuple[str, Touch | Get | Udp | Command]:
    match named:
        case "touch":
            path = folder / keys.required(named, text, "/run/cellbench/alive")
            return f"touch {path.name}", Touch(path)
        case "udp":
            host, port = keys.required(named, host_and_port, "192.0.2.50:9000")
            return f"udp {host}:{port}", Udp(host, port)
        case "command":
            program = keys.required(named, arguments, "[/usr/local/bin/pulse-relay]")
            return f"command {Path(program[0]).name}", Command(program, min(every_s, _COMMAND_LIMIT_S))
        case _:
            get = Get(keys.optional("get", url), keys.optional("get_env", variable))
            return f"get {urlsplit(get.url or '').hostname or get.url_env}", get
