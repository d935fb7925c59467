"""From a line of the lab file to a driver: the entry points of ``cellbench.drivers``."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from drivers.contracts import Cycler
from drivers.errors import Refused
from orchestrator.config import InstrumentPlace

__all__ = ["DRIVERS", "open_cycler"]

DRIVERS = "cellbench.drivers"
"""Entry point group: a driver's name → ``open_cycler(name, address, options)``."""


def open_cycler(place: InstrumentPlace) -> Cycler:
    """The cycler of this place; nothing is sent until something is asked of it.

    Raises Refused for an unknown driver, or for options that the driver does not know.
    """
    open_driver = _entry_point(place).load()
    try:
        cycler = open_driver(place.name, place.address, place.options)
    except ValueError as error:
        raise Refused(f"instrument {place.name}: {error}") from error
    if not isinstance(cycler, Cycler):
        raise Refused(f"instrument {place.name}: driver {place.driver} is not a cycler's")
    return cycler


def _entry_point(place: InstrumentPlace) -> EntryPoint:
    known = entry_points(group=DRIVERS)
    if place.driver not in known.names:
        names = ", ".join(sorted(known.names)) or "none"
        raise Refused(f"instrument {place.name}: driver {place.driver} is not installed; installed: {names}")
    return known[place.driver]
