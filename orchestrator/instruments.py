"""From a line of the lab file to a driver: the entry points of ``cellbench.drivers`` and ``cellbench.chambers``."""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.metadata import EntryPoint, entry_points

from drivers.contracts import Chamber, Cycler, Surroundings
from drivers.errors import Refused
from orchestrator.config import ChamberPlace, InstrumentPlace, Lab
from orchestrator.config.default_poll import CHAMBERS, DRIVERS

__all__ = ["open_chamber", "open_cycler"]


def open_cycler(lab: Lab, name: str, now: Callable[[], float] = time.time) -> Cycler:
    """The cycler of this name in the lab; nothing is sent until something is asked of it.

    ``now`` is the lab's clock: who only checks and translates needs none. Raises Refused for an unknown driver, or for
    options that the driver does not know.
    """
    cycler = _open(lab, lab.instruments[name], DRIVERS, now)
    if not isinstance(cycler, Cycler):
        raise Refused(f"instrument {name}: driver {lab.instruments[name].driver} is not a cycler's")
    return cycler


def open_chamber(lab: Lab, name: str, now: Callable[[], float] = time.time) -> Chamber:
    """The chamber of this name in the lab; as :func:`open_cycler`."""
    chamber = _open(lab, lab.chambers[name], CHAMBERS, now)
    if not isinstance(chamber, Chamber):
        raise Refused(f"instrument {name}: driver {lab.chambers[name].driver} is not a chamber's")
    return chamber


def _open(lab: Lab, place: InstrumentPlace | ChamberPlace, group: str, now: Callable[[], float]) -> object:
    open_driver = _entry_point(place, group).load()
    surroundings = Surroundings(now, lab.state_dir / "instruments" / place.name)
    try:
        return open_driver(place.name, place.address, place.options, surroundings)
    except ValueError as error:
        raise Refused(f"instrument {place.name}: {error}") from error


def _entry_point(place: InstrumentPlace | ChamberPlace, group: str) -> EntryPoint:
    known = entry_points(group=group)
    if place.driver not in known.names:
        names = ", ".join(sorted(known.names)) or "none"
        raise Refused(f"instrument {place.name}: driver {place.driver} is not installed; installed: {names}")
    return known[place.driver]
