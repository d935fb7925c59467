"""A chamber as the engine sees it, over any wire and with any table."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from drivers.chamber.behaviour import Behaviour, Order
from drivers.chamber.field import Kind, Role, Value
from drivers.chamber.look import status, temperature_degC
from drivers.chamber.set_point_limits import SetPointLimits, check_finite
from drivers.chamber.unit import Unit
from drivers.chamber.unread_set_point import UnreadSetPoint
from drivers.chamber.wire import Wire
from drivers.contracts import ChamberState, ChamberStatus, Identity
from drivers.errors import Garbled, Refused

__all__ = ["TableChamber"]

_log = logging.getLogger(__name__)
_MEASURED = (
    Role.LIMIT_LOW,
    Role.LIMIT_HIGH,
    Role.SET_POINT,
    Role.RAMPING_SET_POINT,
    Role.PROCESS,
    Role.SENSOR,
    Role.OUTPUT,
)
_NOT_OURS = frozenset({ChamberState.PROFILE, ChamberState.TRIPPED})
_NOT_ON = _NOT_OURS | {ChamberState.OFF}
_RATE_TOLERANCE = 0.05
"""Of the rate itself: a slow ramp that is rounded to none is not the one that was asked for."""


@dataclass(frozen=True, slots=True)
class _Peer:
    """What was found out about who answers on this connection."""

    opened: int
    identity: Identity
    unit: Unit


@dataclass(frozen=True, slots=True)
class _Look:
    """Values of one moment, and the unit that they are in."""

    values: Mapping[Role, Value]
    unit: Unit


class _UnitChanged(Refused):
    """What was written was perhaps taken in another unit than it was meant in."""


class TableChamber:
    """See :class:`drivers.contracts.Chamber`. Blocking; for one worker thread.

    Every operation begins by looking whether the connection is the one whose peer was identified; a new one is
    identified first. The unit is read after the values and around every write: a chamber whose unit was changed at its
    panel is read again in the new one.
    """

    def __init__(
        self,
        name: str,
        address: str,
        wire: Wire,
        behaviour: Behaviour,
        *,
        lab_degC: tuple[float, float] | None,
        unit: Unit | None,
        now: Callable[[], float],
        unread: UnreadSetPoint,
    ) -> None:
        self.name = name
        self._address = address
        self._wire = wire
        self._behaviour = behaviour
        self._lab_degC = lab_degC
        self._unit = unit
        self._now = now
        self._unread = unread
        self._peer: _Peer | None = None
        self._observed = tuple(dict.fromkeys((*_MEASURED, *behaviour.telling, *behaviour.silent)))
        orders = (*behaviour.no_ramp, *(behaviour.ramp or ()), *behaviour.switch_on)
        self._words_set = tuple(order.role for order in orders if isinstance(order.value, str))

    def identify(self) -> Identity:
        """Connect if needed, and ask anew who is there. Raises Unreachable, Garbled, Refused."""
        self._wire.open()
        self._peer = self._introduced()
        return self._peer.identity

    def limits_degC(self) -> tuple[float, float]:
        """The narrower of the chamber's limits, as they are now, and the lab file's."""
        return self._limits(self._look()).narrower_degC()

    def observe(self) -> ChamberStatus:
        """One look: a few block reads, or one query for each value."""
        return self._status(self._look())

    def set_temperature(self, target_degC: float, ramp_K_per_min: float | None = None) -> None:
        """Write ramp and set point, switch on, read back.

        Raises Unsafe before anything is written; Refused where the chamber cannot ramp, is in a profile or tripped, or
        where what is read back is not what was written.
        """
        check_finite(target_degC, ramp_K_per_min)
        if self._lab_degC is not None:
            SetPointLimits(self._lab_degC, None).check(target_degC)
        try:
            self._set(target_degC, ramp_K_per_min)
        except _UnitChanged:  # a number of the old unit may stand there now, as 140 degC instead of 140 degF
            self._set(target_degC, ramp_K_per_min)

    def stop(self) -> None:
        """Switch off, verified by reading back. Raises Refused where it is still on."""
        after = self._carry_out(self._behaviour.switch_off, self._look())
        seen = self._status(after)
        if seen.state not in (ChamberState.OFF, ChamberState.TRIPPED):
            raise Refused(f"{self.name} was switched off but is {seen.state} ({seen.native_state})")

    def close(self) -> None:
        """Let go of the connection."""
        self._wire.close()

    def _set(self, target_degC: float, ramp_K_per_min: float | None) -> None:
        look = self._look(self._words_set)
        self._limits(look).check(target_degC)
        before = self._status(look)
        if before.state in _NOT_OURS:
            raise Refused(f"{self.name} is not set while it is {before.state} ({before.native_state})")
        set_point = Order(Role.SET_POINT, look.unit.from_degC(target_degC))
        ramp = self._ramp_orders(ramp_K_per_min, look.unit)
        after = self._carry_out([*ramp, set_point, *self._behaviour.switch_on], look)
        if not self._wire.readable(Role.SET_POINT):
            self._check_on_its_way(target_degC, ramp_K_per_min, before, after)
            self._unread.written(target_degC, ramp_K_per_min)
        seen = self._status(after)
        if seen.state in _NOT_ON:
            raise Refused(f"{self.name} took {target_degC:g} degC but is {seen.state} ({seen.native_state})")

    def _look(self, more: Sequence[Role] = ()) -> _Look:
        """Everything that is observed, and ``more``."""
        peer = self._met()
        for _ in range(2):
            values = self._wire.read(tuple(dict.fromkeys((*self._observed, *more))))
            unit = self._told_unit()
            if unit is peer.unit:
                return _Look(values, unit)
            _log.warning("%s: its unit was changed from %s to %s while connected", self.name, peer.unit, unit)
            self._peer = peer = replace(peer, unit=unit)
        raise Refused(f"{self.name} changes its unit all the time")

    def _met(self) -> _Peer:
        self._wire.open()
        if self._peer is None or self._peer.opened != self._wire.opened:
            self._peer = self._introduced()
        return self._peer

    def _introduced(self) -> _Peer:
        told = self._wire.read((Role.MODEL, Role.VERSION))
        model = str(told.get(Role.MODEL, ""))
        match = re.match(self._behaviour.identity, model)
        if match is None:
            self._wire.close()
            raise Refused(f"{self._address} is no {self._behaviour.vendor} of this driver: it calls itself {model!r}")
        named = match.groupdict()
        version = str(told.get(Role.VERSION) or named.get("version") or "")
        identity = Identity(self._behaviour.vendor, named["model"].strip(), self._address, version.strip())
        return _Peer(self._wire.opened, identity, self._told_unit())

    def _told_unit(self) -> Unit:
        """Unit of this moment. Raises Garbled for one that is none, Refused where it is not the lab file's."""
        fixed = self._behaviour.unit or self._unit
        told = self._wire.read((Role.UNIT,)).get(Role.UNIT)
        if told is None:
            if fixed is None:
                raise Refused(f"{self.name} does not tell its unit; write unit: degC or unit: degF in the lab file")
            return fixed
        if told not in tuple(Unit):
            raise Garbled(f"{self.name} tells the unit {told!r}: neither degC nor degF")
        if fixed is not None and told != fixed:
            raise Refused(f"{self.name} shows {told}, the lab file says {fixed}")
        return Unit(told)

    def _status(self, look: _Look) -> ChamberStatus:
        seen = status(self._behaviour, look.values, look.unit)
        active_degC = seen.ramping_set_point_degC
        if active_degC is None or self._wire.readable(Role.SET_POINT):
            return seen
        return replace(seen, set_point_degC=self._unread.seen(active_degC, self._now()))

    def _limits(self, look: _Look) -> SetPointLimits:
        if not self._wire.readable(Role.LIMIT_LOW):
            return SetPointLimits(self._lab_degC, None)
        roles = (Role.LIMIT_LOW, Role.LIMIT_HIGH)
        low, high = (temperature_degC(look.values, role, look.unit) for role in roles)
        if low is None or high is None:
            raise Garbled(
                f"{self.name} tells limits that are none: {' … '.join(str(look.values.get(role)) for role in roles)}"
            )
        return SetPointLimits(self._lab_degC, (low, high))

    def _ramp_orders(self, ramp_K_per_min: float | None, unit: Unit) -> tuple[Order, ...]:
        if ramp_K_per_min is None:
            return self._behaviour.no_ramp
        if self._behaviour.ramp is None:
            raise Refused(f"{self.name} has no ramp that can be set; leave it out of the protocol's temperature step")
        return (*self._behaviour.ramp, Order(Role.RAMP_RATE, unit.from_K(ramp_K_per_min)))

    def _carry_out(self, orders: Sequence[Order], before: _Look) -> _Look:
        """Write what is not so already, and return what is read afterwards. Raises Refused where that differs."""
        seen = before.values
        due = [one for one in orders if all(seen.get(role) in words for role, words in one.when.items())]
        for order in due:
            is_word = isinstance(order.value, str)
            if not (is_word and seen.get(order.role) == order.value):  # chambers wear out their memory by writing
                self._wire.write(order.role, order.value)
        after = self._look([order.role for order in due])
        if after.unit is not before.unit:
            raise _UnitChanged(f"{self.name} changed its unit while it was set")
        for order in due:
            read = after.values.get(order.role)
            if read is not None and not self._same(order, read, after.unit):
                raise Refused(f"{self.name}: {order.role} was set to {_shown(order.value)}, reads {_shown(read)}")
        return after

    def _same(self, order: Order, read: Value, unit: Unit) -> bool:
        if not isinstance(order.value, float) or not isinstance(read, float):
            return order.value == read
        is_rate = self._wire.kind(order.role) is Kind.RATE
        tolerance = _RATE_TOLERANCE * order.value if is_rate else unit.from_K(self._behaviour.tolerance_K)
        return abs(order.value - read) <= tolerance

    def _check_on_its_way(
        self, target_degC: float, ramp_K_per_min: float | None, before: ChamberStatus, after: _Look
    ) -> None:
        """All that can be read back of a set point that is only told as far as the ramp has got."""
        active_degC = temperature_degC(after.values, Role.RAMPING_SET_POINT, after.unit)
        starts = (before.ramping_set_point_degC, before.process_degC) if ramp_K_per_min is not None else ()
        span = [target_degC, *(start for start in starts if start is not None)]
        tolerance_K = self._behaviour.tolerance_K
        if active_degC is None or not min(span) - tolerance_K <= active_degC <= max(span) + tolerance_K:
            raise Refused(f"{self.name}: set point was set to {target_degC:g} degC, reads {active_degC} degC")


def _shown(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:g}"
