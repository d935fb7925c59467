"""``web`` of the lab file: where the HTTP API listens, and who may ask."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from orchestrator.config.keys import Keys, text
from orchestrator.config.lab import WebPlace
from protocols.errors import Refusal
from protocols.node import Node, SequenceNode

__all__ = ["read_web"]

_HOST_NAME = re.compile(r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$")


def read_web(node: Node) -> WebPlace:
    """Read the section. Raises Refusal; one that opens the lab to the network without logins is refused."""
    keys = Keys(node, "web")
    default = WebPlace()
    port = keys.optional("port", _port)
    login = keys.optional("login", _login)
    place = WebPlace(
        host=keys.optional("host", text) or default.host,
        port=default.port if port is None else port,
        login=default.login if login is None else login,
        names=keys.optional("names", lambda listed: _each(listed, _host_name, "[lab.example.org]")) or (),
        proxies=keys.optional("proxies", lambda listed: _each(listed, _address, "[192.0.2.7]")) or default.proxies,
    )
    keys.done()
    if not place.login and not place.is_loopback:
        remedy = "leave `login` out, or write `host: 127.0.0.1`"
        raise Refusal(node.place, f"`login: off` would let everybody who reaches {place.host} do everything", remedy)
    return place


def _login(node: Node) -> bool:
    written = text(node)
    if written not in ("required", "off"):
        raise Refusal(node.place, f"{written!r} is no way of logging in", "write `required`, or `off`")
    return written == "required"


def _port(node: Node) -> int:
    written = text(node)
    if not written.isdecimal() or int(written) > 65535:
        raise Refusal(node.place, f"{written!r} is no port", "write a number up to 65535")
    return int(written)


def _each(node: Node, read: Callable[[Node], str], example: str) -> tuple[str, ...]:
    if not isinstance(node, SequenceNode):
        raise Refusal(node.place, "is not a list", f"write `{example}`")
    return tuple(read(item) for item in node.items)


def _host_name(node: Node) -> str:
    written = text(node)
    if _HOST_NAME.fullmatch(written) is None:
        raise Refusal(node.place, f"{written!r} is no host name", "write it without scheme and port: lab.example.org")
    return written.lower()


def _address(node: Node) -> str:
    written = text(node)
    try:
        ipaddress.ip_network(written)
    except ValueError:
        raise Refusal(node.place, f"{written!r} is no address", "write 192.0.2.7, or a network as 10.0.0.0/8") from None
    return written
