"""Secrets come from environment variables when they are needed, and leave no trace in what is logged or stored."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterable

from orchestrator.messages.not_delivered import NotDelivered

__all__ = ["required_value", "scrubbed"]


def required_value(name: str) -> str:
    """Value of an environment variable of this process. Raises NotDelivered where it has none."""
    value = os.environ.get(name)
    if not value:
        raise NotDelivered(f"the environment variable {name} of the node is not set")
    return value


def scrubbed(text: str, names: Iterable[str]) -> str:
    """The text without the values of these variables, plain or in base64: a server may repeat what it was sent."""
    for name in names:
        value = os.environ.get(name)
        if value:
            coded = base64.b64encode(value.encode()).decode()
            text = text.replace(value, f"${name}").replace(coded, f"${name}")
    return text
