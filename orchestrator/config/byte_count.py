"""Amounts of data: ``10 GB``."""

from __future__ import annotations

import re

from orchestrator.config.keys import text
from protocols.errors import Refusal
from protocols.node import Node

__all__ = ["byte_count"]

_UNITS = {"kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12}
_WRITTEN = re.compile(r"(\d+(?:\.\d+)?) ?(kB|MB|GB|TB)")


def byte_count(node: Node) -> float:
    """Read an amount of data, in bytes. Raises Refusal."""
    written = text(node)
    found = _WRITTEN.fullmatch(written)
    if found is None or not float(found[1]):
        raise Refusal(
            node.place, f"{written!r} is no amount of data", "write a number with kB, MB, GB or TB, e.g. 10 GB"
        )
    return float(found[1]) * _UNITS[found[2]]
