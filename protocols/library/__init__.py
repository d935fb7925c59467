"""The protocols that come with cellbench, found by name: ``rate-ladder`` or ``rate_ladder``."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

__all__ = ["Shipped", "find", "names"]


@dataclass(frozen=True, slots=True)
class Shipped:
    """One shipped file."""

    name: str
    file: str
    content: bytes


def names() -> list[str]:
    """Names of all shipped protocols, sorted."""
    return sorted(
        entry.name.removesuffix(".yaml").replace("_", "-")
        for entry in resources.files(__name__).iterdir()
        if entry.name.endswith(".yaml")
    )


def find(name: str) -> Shipped | None:
    """Return a shipped protocol by its name, with dashes or underscores; None where there is none of that name."""
    dashed = name.replace("_", "-")
    if dashed not in names():
        return None
    file = f"{dashed.replace('-', '_')}.yaml"
    return Shipped(dashed, file, (resources.files(__name__) / file).read_bytes())
