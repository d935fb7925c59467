"""Asking instruments themselves, where no node drives them: only when somebody wants it."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from drivers.errors import DriverError
from orchestrator.config import ChamberPlace, InstrumentPlace, Lab
from orchestrator.config.lab import NODE
from orchestrator.doctor.finding import Finding, bad, ok, warning
from orchestrator.instruments import open_chamber, open_cycler

__all__ = ["check_instruments"]


def check_instruments(lab: Lab, running: Collection[str], *, connect: bool) -> Iterator[Finding]:
    """Each instrument that no running node drives. Nothing is started or changed there."""
    for place in lab.places:
        if (place.node or NODE) in running:
            continue
        if connect:
            yield _ask(lab, place)
        else:
            remedy = "start the node, or look without one: `cellbench doctor --instruments`"
            yield warning(place.name, "not looked at: its node is not running", remedy)


def _ask(lab: Lab, place: InstrumentPlace | ChamberPlace) -> Finding:
    try:
        if isinstance(place, ChamberPlace):
            chamber = open_chamber(lab, place.name)
            try:
                identity = chamber.identify()
            finally:
                chamber.close()
        else:
            cycler = open_cycler(lab, place.name)
            try:
                identity = cycler.identify()
            finally:
                cycler.close()
    except DriverError as error:
        return bad(place.name, str(error), f"see that {place.address} has power and is in the network")
    return ok(place.name, f"answers: {identity.vendor} {identity.model} {identity.version}".strip())
