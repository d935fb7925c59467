"""Instruments that were found, whatever their family, and what was asked in vain."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

__all__ = ["Discovered", "Found"]

_NAMES = {"neware": "bts", "biologic": "vsp"}
"""How instruments of a family are called unless somebody has a better name."""


@dataclass(frozen=True, slots=True)
class Found:
    """An instrument that has said who it is."""

    driver: str
    """Entry point in ``cellbench.drivers``."""
    vendor: str
    model: str
    version: str
    address: str
    """As the lab file writes it."""
    channels: tuple[str, ...] = ()
    """Empty where only the instrument's owner is told."""
    options: Mapping[str, str] = field(default_factory=dict)
    """What its line in a lab file needs besides, as YAML; ``FILL-IN`` where only a person knows."""


@dataclass(slots=True)
class Discovered:
    """What came of asking. ``taken``: names that the lab file has."""

    taken: Collection[str] = ()
    found: dict[str, Found] = field(default_factory=dict)
    """By name in the lab file, or by the one proposed for it."""
    new: set[str] = field(default_factory=set)
    """Names of those that are not in the lab file."""
    in_vain: list[tuple[str, str]] = field(default_factory=list)
    """What was asked, and why nothing came of it."""

    def add(self, found: Found, name: str | None) -> None:
        """Take an instrument under its name in the lab file, else under a free one; each address once."""
        if any(known.address == found.address for known in self.found.values()):
            return
        if name is None:
            stem, number = _NAMES.get(found.driver, found.driver), 1
            while f"{stem}-{number}" in self.taken or f"{stem}-{number}" in self.found:
                number += 1
            name = f"{stem}-{number}"
            self.new.add(name)
        self.found[name] = found
