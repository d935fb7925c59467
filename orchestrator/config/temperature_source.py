"""Where the temperature of a cell is from: ``temperature:`` of a bench."""

from __future__ import annotations

from collections.abc import Collection

from orchestrator.config.keys import text
from protocols.errors import Refusal
from protocols.node import Node

__all__ = ["AIR", "OWN_CHANNEL", "read_temperature_source"]

OWN_CHANNEL = "channel"
"""The sensor that the cell's own channel measures."""
AIR = "chamber"
"""The air of the chamber around it."""


def read_temperature_source(node: Node, chamber: str | None, cyclers: Collection[str]) -> str:
    """``channel``, ``chamber``, or INSTRUMENT/CHANNEL whose sensor is on this cell. Raises Refusal."""
    written = text(node)
    instrument, slash, channel = written.partition("/")
    if written == AIR and chamber is None:
        raise Refusal(node.place, "this bench is in no chamber", "name its `chamber`, or another source")
    if written in (OWN_CHANNEL, AIR) or (slash and channel and instrument in cyclers):
        return written
    remedy = "write `channel` (its own sensor), `chamber` (the air around it), or INSTRUMENT/CHANNEL of another sensor"
    raise Refusal(node.place, f"{written!r} is no source of a temperature", remedy)
