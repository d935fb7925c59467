"""The file of an electrode material as it stands, for whoever needs its numbers and no virtual cell."""

from __future__ import annotations

from importlib import resources
from typing import Any

import yaml

__all__ = ["read_document"]


def read_document(name: str) -> dict[str, Any]:
    """Return a material file as it stands: ``parameters`` and ``targets``. Raises ValueError when unknown."""
    folder = resources.files("simulators") / "cell" / "materials"
    file = folder / f"{name}.yaml"
    if not name.isidentifier() or not file.is_file():
        known = sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))
        raise ValueError(f"no material {name!r}; there are {', '.join(known)}")
    document: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return document
