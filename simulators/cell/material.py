"""What a virtual electrode is made of."""

from __future__ import annotations
from dataclasses import dataclass

__all__ = ["Material", "load_material"]


@dataclass(frozen=True)
class Material:
    """Parameters of one electrode material."""

    name: str


def load_material(name: str) -> Material:
    """Read ``materials/<name>.yaml``; ``name`` as in the lab file, e.g. ``sio_c_l``."""
    return Material(name)
