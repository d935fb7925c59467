"""An import string for ``--eclib``: a finder that is told of the virtual instruments of a test."""

from __future__ import annotations

from simulators.biologic.eclib import VirtualBlFind

ADDRESSES: list[str] = []


def finder(path: str) -> VirtualBlFind:
    return VirtualBlFind(path, tuple(ADDRESSES))
