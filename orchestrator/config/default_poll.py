"""How often an instrument is looked at where the lab file does not say: each family of instruments tells its own."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import entry_points

__all__ = ["CHAMBERS", "DRIVERS", "default_poll_s", "is_chamber"]

DRIVERS = "cellbench.drivers"
"""Entry point group: a driver's name → ``open_cycler(name, address, options, surroundings)``."""
CHAMBERS = "cellbench.chambers"
"""Entry point group: a driver's name → ``open_chamber(name, address, options, surroundings)``."""
_POLL_S = 10.0


def is_chamber(driver: str) -> bool:
    """Whether a driver of this name is a temperature chamber's."""
    return driver in entry_points(group=CHAMBERS).names


def default_poll_s(driver: str) -> float:
    """``POLL_S`` of the package in which the driver's entry point stands; 10 s where it tells none.

    A driver that is not installed, or cannot be imported, is refused where the instrument is opened, not here.
    """
    known = entry_points(group=DRIVERS)
    if driver not in known.names:
        return _POLL_S
    try:
        package = import_module(known[driver].module)
    except ImportError:
        return _POLL_S
    return float(getattr(package, "POLL_S", _POLL_S))
