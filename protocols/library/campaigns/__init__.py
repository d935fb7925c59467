"""The campaigns that come with cellbench, found by name: ``sio-fast-charging`` or ``sio_fast_charging``."""

from __future__ import annotations

from importlib import resources

from protocols.library import Shipped

__all__ = ["find", "names"]


def names() -> list[str]:
    """Names of all shipped campaigns, sorted."""
    entries = (entry.name for entry in resources.files(__name__).iterdir())
    return sorted(name.removesuffix(".yaml").replace("_", "-") for name in entries if name.endswith(".yaml"))


def find(name: str) -> Shipped | None:
    """Return a shipped campaign by its name, with dashes or underscores; None where there is none of that name."""
    dashed = name.replace("_", "-")
    if dashed not in names():
        return None
    file = f"{dashed.replace('-', '_')}.yaml"
    return Shipped(dashed, file, (resources.files(__name__) / file).read_bytes())
