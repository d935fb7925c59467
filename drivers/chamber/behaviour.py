"""How a chamber's words become a state, and what has to be written to make it do something: data, one per table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.chamber.field import Role, Value
from drivers.chamber.unit import Unit
from drivers.contracts import ChamberState

__all__ = ["Behaviour", "Order", "StateRule"]

Words = frozenset[str]


@dataclass(frozen=True, slots=True)
class StateRule:
    """The chamber is in this state where every role named has one of its words; the first rule that fits decides."""

    state: ChamberState
    where: Mapping[Role, Words]

    def fits(self, values: Mapping[Role, Value]) -> bool:
        """Whether all conditions are met; a role that was not read meets none."""
        return all(values.get(role) in words for role, words in self.where.items())


@dataclass(frozen=True, slots=True)
class Order:
    """One setting to be written; ``when``: only where the chamber is seen so."""

    role: Role
    value: Value
    when: Mapping[Role, Words] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Behaviour:
    """All that differs between chambers apart from addresses and texts."""

    vendor: str
    identity: str
    """Regular expression that the model's text must match from its beginning; group ``model``, perhaps ``version``."""
    states: tuple[StateRule, ...]
    switch_on: tuple[Order, ...]
    switch_off: tuple[Order, ...]
    no_ramp: tuple[Order, ...] = ()
    """Written before a set point that is to be reached as fast as the chamber can."""
    ramp: tuple[Order, ...] | None = ()
    """Written before the rate and the set point; None: this chamber has no ramp that can be set."""
    silent: Mapping[Role, Words] = field(default_factory=dict)
    """Roles that tell alarms, and the words with which they tell that there is none."""
    sensor_good: Words = frozenset()
    unit: Unit | None = None
    """What it always speaks; None: it tells, or the lab file says."""
    tolerance_K: float = 0.06
    """A set point read back within this is the one written: half a step of a chamber that keeps tenths."""

    @property
    def telling(self) -> tuple[Role, ...]:
        """Roles whose words make up the state, in the rules' order."""
        return tuple(dict.fromkeys(role for rule in self.states for role in rule.where))

    def state(self, values: Mapping[Role, Value]) -> ChamberState:
        """State by the first rule that fits; UNKNOWN where none does."""
        return next((rule.state for rule in self.states if rule.fits(values)), ChamberState.UNKNOWN)
