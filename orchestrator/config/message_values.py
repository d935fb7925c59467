"""Values that only the sections about messages have: addresses, names of environment variables, argument lists."""

from __future__ import annotations

import re
from typing import TypeVar
from urllib.parse import urlsplit

from orchestrator.config.keys import text
from protocols.errors import Refusal
from protocols.node import Node, SequenceNode

__all__ = ["LOOPBACK", "arguments", "email_address", "host_and_port", "items", "one_of", "url", "variable"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")

T = TypeVar("T", bound=str)


def items(node: Node, section: str, example: str) -> tuple[Node, ...]:
    """A list."""
    if not isinstance(node, SequenceNode):
        raise Refusal(node.place, f"{section} is not a list", f"write `- {example}`")
    return node.items


def email_address(node: Node) -> str:
    """``bench@lab.example``."""
    written = text(node)
    if not _EMAIL.fullmatch(written):
        raise Refusal(node.place, f"{written!r} is no e-mail address", "write name@host, e.g. bench@lab.example")
    return written


def variable(node: Node) -> str:
    """Name of an environment variable."""
    written = text(node)
    if not _VARIABLE.fullmatch(written):  # perhaps the secret itself: it is not repeated
        remedy = "write the NAME of a variable that holds the secret, e.g. CELLBENCH_SMTP_PASSWORD"
        raise Refusal(node.place, "is no name of an environment variable", remedy)
    return written


def url(node: Node) -> str:
    """``http://`` or ``https://`` with a host."""
    written = text(node)
    try:
        parts = urlsplit(written)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:  # it may hold a secret: it is not repeated
        raise Refusal(node.place, "is no web address", "write https://HOST/PATH")
    return written


def host_and_port(node: Node, default_port: int | None = None) -> tuple[str, int]:
    """``HOST:PORT``, with IPv6 addresses in brackets."""
    written = text(node)
    try:
        parts = urlsplit(f"//{written}")
        host, port = parts.hostname, parts.port or default_port
    except ValueError:
        host, port = None, None
    if host is None or port is None or written != parts.netloc or parts.username is not None:
        raise Refusal(node.place, f"{written!r} is no HOST:PORT", "write e.g. smtp.lab.example:587")
    return host, port


def arguments(node: Node) -> tuple[str, ...]:
    """A program and its arguments, each as it stands."""
    if not isinstance(node, SequenceNode) or not node.items:
        remedy = "write a list, e.g. `[/usr/local/bin/siren, --on]`; no shell reads it"
        raise Refusal(node.place, "is no list of a program and its arguments", remedy)
    return tuple(text(item) for item in node.items)


def one_of(node: Node, known: tuple[T, ...]) -> T:
    """One of these words."""
    written = text(node)
    for word in known:
        if written == word:
            return word
    raise Refusal(node.place, f"{written!r} is not known here", f"write one of: {', '.join(known)}")
