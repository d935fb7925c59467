"""What watches over a cell is in one process: its channel, its chamber and its thermometer are on one node."""

from __future__ import annotations

from orchestrator.config.instruments_section import Places
from orchestrator.config.lab import BenchPlace
from protocols.errors import Refusal
from protocols.node import Node

__all__ = ["require_one_node"]


def require_one_node(node: Node, bench: BenchPlace, places: Places) -> None:
    """Raise Refusal where a bench is spread over two nodes: interlocks are judged in one, and wait for no database."""
    there = places.cyclers[bench.instrument].node
    sensor = (bench.temperature or "").partition("/")[0]
    for name in (bench.chamber, sensor):
        place = places.chambers.get(name or "") or places.cyclers.get(name or "")
        if place is not None and place.node != there:
            message = f"bench {bench.name}: {bench.instrument} is on node {there}, {place.name} on node {place.node}"
            raise Refusal(node.place, message, "what watches over one cell belongs on one node")
