"""What the control port does for anybody, node or not."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simulators.faults.director import FaultDirector
from simulators.faults.fault_file import FaultFileError, parse_faults
from simulators.lab.arguments import Request, integer, mapping, number, text
from simulators.lab.clock import LabClock
from simulators.lab.instrument import VirtualChamberInstrument, VirtualInstrument
from simulators.lab.refusal import LabRefusal

__all__ = ["OPERATIONS", "Desk"]


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a control request may touch."""

    lab: str
    clock: LabClock
    instruments: Mapping[str, VirtualInstrument]
    director: FaultDirector
    shutdown: Callable[[], None]

    def instrument(self, request: Request) -> VirtualInstrument:
        """Return the instrument that a request names."""
        name = text(request, "instrument")
        if name not in self.instruments:
            raise LabRefusal(f"no instrument {name!r:.80}; there are {', '.join(self.instruments)}")
        return self.instruments[name]


Answer = dict[str, Any]


def _hello(desk: Desk, request: Request) -> Answer:
    return {
        "lab": desk.lab,
        **_now(desk, request),
        "instruments": {name: _where(it) for name, it in desk.instruments.items()},
    }


def _where(instrument: VirtualInstrument) -> Answer:
    place: Answer = {"kind": instrument.kind, "host": instrument.host, "port": instrument.port}
    return place | {"ports": dict(instrument.ports)} if isinstance(instrument, VirtualChamberInstrument) else place


def _now(desk: Desk, _: Request) -> Answer:
    return {"now_unix_s": desk.clock.now_unix_s}


def _advance(desk: Desk, request: Request) -> Answer:
    desk.clock.advance(number(request, "by_s"))
    return _now(desk, request)


def _speed(desk: Desk, request: Request) -> Answer:
    desk.clock.set_speed(number(request, "factor"))
    return _now(desk, request)


def _plug(desk: Desk, request: Request) -> Answer:
    desk.instrument(request).plug(text(request, "channel"), mapping(request, "cell"))
    return {}


def _unplug(desk: Desk, request: Request) -> Answer:
    desk.instrument(request).unplug(text(request, "channel"))
    return {}


def _cells(desk: Desk, _: Request) -> Answer:
    return {"cells": {name: instrument.cells() for name, instrument in desk.instruments.items()}}


def _tests(desk: Desk, request: Request) -> Answer:
    return {"tests": desk.instrument(request).tests()}


def _ledger(desk: Desk, request: Request) -> Answer:
    columns = desk.instrument(request).ledger(text(request, "channel"), integer(request, "test_id"))
    return {"columns": {name: _encode(column) for name, column in columns.items()}}


def _encode(column: npt.NDArray[np.generic]) -> dict[str, str]:
    little = np.ascontiguousarray(column, dtype=column.dtype.newbyteorder("<"))
    return {"dtype": little.dtype.str, "base64": base64.b64encode(little.tobytes()).decode("ascii")}


def _fault(desk: Desk, request: Request) -> Answer:
    desk.instrument(request)
    nth = integer(request, "nth") if "nth" in request else 1
    desk.director.arm_exchange(text(request, "instrument"), text(request, "command"), nth, request.get("do"))
    return {}


def _faults(desk: Desk, request: Request) -> Answer:
    try:
        orders = desk.director.read(parse_faults(text(request, "text"), request.get("source") or "faults"))
    except FaultFileError as error:
        raise LabRefusal(str(error)) from error
    desk.director.arm(orders)
    return {"armed": len(orders)}


def _fired(desk: Desk, _: Request) -> Answer:
    return {"fired": [asdict(one) for one in desk.director.fired]}


def _chamber(desk: Desk, request: Request) -> Answer:
    instrument = desk.instrument(request)
    if not isinstance(instrument, VirtualChamberInstrument):
        raise LabRefusal(f"{text(request, 'instrument')} is no chamber")
    if "set" in request:
        instrument.befall(mapping(request, "set"))
    return {"chamber": instrument.truth()}


def _shutdown(desk: Desk, _: Request) -> Answer:
    desk.shutdown()
    return {}


OPERATIONS: Mapping[str, Callable[[Desk, Request], Answer]] = {
    "hello": _hello,
    "now": _now,
    "advance": _advance,
    "speed": _speed,
    "plug": _plug,
    "unplug": _unplug,
    "cells": _cells,
    "tests": _tests,
    "ledger": _ledger,
    "fault": _fault,
    "faults": _faults,
    "fired": _fired,
    "chamber": _chamber,
    "shutdown": _shutdown,
}
