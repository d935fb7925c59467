"""From a line of the lab file to a driver: the entry points of ``cellbench.drivers``."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points

from drivers.contracts import Cycler, Surroundings
from drivers.errors import Refused
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.config.default_poll import DRIVERS

__all__ = ["open_cycler"]


def open_cycler(lab: Lab, name: str, now: Callable[[], float] = time.time) -> Cycler:
    """The cycler of this name in the lab; nothing is sent until something is asked of it.

    ``now`` is the lab's clock: who only checks and translates needs none. Raises Refused for an unknown driver, or for
    options that the driver does not know.
    """
    place = lab.instruments[name]
    open_driver = _entry_point(place).load()
    surroundings = Surroundings(now, lab.state_dir / "instruments" / name)
    try:
        cycler = open_driver(place.name, place.address, place.options, surroundings)
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
