"""Secrets come from environment variables when they are needed, and leave no trace in what is logged or stored."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from orchestrator.messages.not_delivered import NotDelivered

__all__ = ["address_secrets", "required_value", "scrubbed"]

_PIECE_MIN = 6
"""Shorter pieces of an address are no secrets, but words."""


def required_value(name: str) -> str:
    """Value of an environment variable of this process. Raises NotDelivered where it has none."""
    value = os.environ.get(name)
    if not value:
        raise NotDelivered(f"the environment variable {name} of the node is not set")
    return value


def scrubbed(text: str, names: Iterable[str]) -> str:
    """The text without the values of these variables: a server may repeat what it was sent, or a part of it."""
    for name in names:
        value = os.environ.get(name)
        if value:
            coded = base64.b64encode(value.encode()).decode()
            for secret in (value, coded, *address_secrets(value)):
                text = text.replace(secret, f"${name}")
    return text


def address_secrets(url: str) -> list[str]:
    """The parts of a webhook's address that may be its secret: path and query, whole and piece by piece."""
    if not url.startswith(("http://", "https://")):
        return []
    parts = urlsplit(url)
    pieces = [piece for piece in re.split(r"[/?&=]", f"{parts.path}?{parts.query}") if len(piece) >= _PIECE_MIN]
    wholes = [whole for whole in (parts.path, parts.query) if len(whole) >= _PIECE_MIN]
    return [*wholes, *pieces]
