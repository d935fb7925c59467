"""Where the temperature of a cell is from: ``temperature:`` of a bench."""

from __future__ import annotations

from collections.abc import Collection

from orchestrator.config.keys import text
from protocols.errors import Refusal
from protocols.node import Node

__all__ = ["AIR", "OWN_CHANNEL", "nearest_source", "read_temperature_source", "thermometer"]

OWN_CHANNEL = "channel"
"""The sensor that the cell's own channel measures."""
AIR = "chamber"
"""The air of the chamber around it."""


def nearest_source(source: str | None, chamber: str | None) -> str | None:
    """What tells most of a cell's temperature: the bench's own source, else the air around it; None: nothing does."""
    return source if source is not None or chamber is None else AIR


def thermometer(source: str | None, chamber: str | None) -> str | None:
    """The nearest source in words: ``its channel's sensor``, ``the air of oven-1``, ``the sensor of bts-1/5``."""
    match nearest_source(source, chamber):
        case None:
            return None
        case "chamber":
            return f"the air of {chamber}"
        case "channel":
            return "its channel's sensor"
        case other:
            return f"the sensor of {other}"


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
