"""What may go wrong with a chamber: with one exchange, or with the chamber itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from simulators.chamber.befalling import Controller, befall, check_befalling, undoing
from simulators.faults.doing import Befall, Doing, Spoil, Undo
from simulators.faults.wire_fault import WIRE_FAULTS, WireFault, parse_wire_fault
from simulators.lab.refusal import LabRefusal

__all__ = ["parse_doing"]


def parse_doing(
    controller: Controller, do: object, orders: Callable[[str], bool], reset: Callable[[], None]
) -> Doing[WireFault]:
    """Read ``do``; ``orders`` tells orders from questions, ``reset`` cuts every connection. Raises LabRefusal."""
    wire = parse_wire_fault(do)
    if wire is not None:
        return Spoil(wire, orders) if wire.kind == "false_ack" else Spoil(wire)
    match do:
        case "reboot":
            return Befall(lambda: _reboot(controller, reset), lasting=False, ends_exchange=True)
        case {"set": dict(settings), **rest} if settings and not rest:
            return _befalling(controller, settings)
        case dict(settings) if settings:
            return _befalling(controller, settings)
        case _:
            raise LabRefusal(f"do must be one of {WIRE_FAULTS}, power_off, power_on, reboot, or what may befall it")


def _befalling(controller: Controller, settings: Mapping[str, Any]) -> Befall:
    check_befalling(controller, settings)

    def act() -> Undo | None:
        before = undoing(controller, settings)
        befall(controller, settings)
        return None if before is None else lambda: befall(controller, before)

    return Befall(act, lasting=undoing(controller, settings) is not None)


def _reboot(controller: Controller, reset: Callable[[], None]) -> None:
    controller.reboot()
    reset()
