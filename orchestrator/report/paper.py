"""The paper's figures, as ``paper.yaml`` has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

__all__ = ["Material", "Paper", "PaperQuantity", "Stated", "read_paper"]


@dataclass(frozen=True, slots=True)
class Material:
    """A material of the paper's study."""

    name: str
    alkali_solubility_pct: float


@dataclass(frozen=True, slots=True)
class Stated:
    """What the paper says of one material: a number, words, or both."""

    value: float | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class PaperQuantity:
    """One line of the paper's table, and which value of which analysis it is compared with."""

    key: str
    name: str
    unit: str
    analysis: str
    value: str
    stated: Mapping[str, Stated]
    """By material."""
    protocol: str | None = None
    """Only of runs of this protocol."""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole file."""

    source: str
    materials: Mapping[str, Material]
    quantities: tuple[PaperQuantity, ...]


@cache
def read_paper() -> Paper:
    """Read the file that comes with this package."""
    text = (resources.files("orchestrator.report") / "paper.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.safe_load(text)
    materials = {key: Material(**entry) for key, entry in document["materials"].items()}
    return Paper(document["source"], materials, tuple(_quantity(entry) for entry in document["quantities"]))


def _quantity(entry: dict[str, Any]) -> PaperQuantity:
    stated = {material: Stated(**said) for material, said in entry["paper"].items()}
    return PaperQuantity(
        entry["key"], entry["name"], entry["unit"], stated=stated, note=entry.get("note"), **entry["of"]
    )
