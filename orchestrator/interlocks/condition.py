"""What a rule may watch for: one frozen dataclass each. ``str()`` is what stands in the lab file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "AgainstStep",
    "Alarming",
    "BeyondExpected",
    "Bound",
    "Condition",
    "ForeignClient",
    "Frozen",
    "HeatingRate",
    "LimitsDiffer",
    "Lost",
    "OutsideLimits",
    "OutsideProtocol",
    "SetPointChanged",
    "Silent",
    "StopUnconfirmed",
]

_UNITS = {"voltage": "V", "current": "A", "temperature": "degC"}


@dataclass(frozen=True, slots=True)
class Bound:
    """A measured value beyond a bound. Of a current the magnitude counts. A value that is none says nothing."""

    quantity: Literal["voltage", "current", "temperature"]
    side: Literal["above", "below"]
    value: float
    """In V, A or degC."""
    samples: int = 1

    def __str__(self) -> str:
        """``temperature above 70 degC``."""
        return f"{self.quantity} {self.side} {self.value:g} {_UNITS[self.quantity]}"


@dataclass(frozen=True, slots=True)
class OutsideLimits:
    """A chamber's temperature further than ``margin_K`` outside the set points that it may be given."""

    margin_K: float
    samples: int = 1

    def __str__(self) -> str:
        """``temperature 5 K outside its limits``."""
        return f"temperature {self.margin_K:g} K outside its limits"


@dataclass(frozen=True, slots=True)
class OutsideProtocol:
    """A cell's temperature outside the limits that the protocol running on it has for it. Nothing told is no breach."""

    samples: int = 1

    def __str__(self) -> str:
        """``temperature outside its protocol's limits``."""
        return "temperature outside its protocol's limits"


@dataclass(frozen=True, slots=True)
class HeatingRate:
    """A cell that warms faster than this.

    Relative to its chamber: faster by this than the chamber's air, and while it is the warmer of the two. A cell that
    makes no heat of its own warms only while it is colder than the air: no ramp, its end or its turn looks like this.
    """

    above_K_per_min: float
    relative: bool
    samples: int = 1

    def __str__(self) -> str:
        """``heating rate above 3 K/min relative to its chamber``."""
        whose = " relative to its chamber" if self.relative else ""
        return f"heating rate above {self.above_K_per_min:g} K/min{whose}"


@dataclass(frozen=True, slots=True)
class Lost:
    """A sensor that tells no number (nothing at all, or NaN), so many samples in a row."""

    samples: int = 3

    def __str__(self) -> str:
        """``sensor lost``."""
        return "sensor lost"


@dataclass(frozen=True, slots=True)
class Frozen:
    """A temperature that is the same to the last digit while something shows that it should not be.

    That is: the chamber's set point has moved since, or the channel's count of records stands still in a running test.
    """

    samples: int = 2

    def __str__(self) -> str:
        """``sensor frozen``."""
        return "sensor frozen"


@dataclass(frozen=True, slots=True)
class Alarming:
    """A chamber that shows an alarm of its own, or that has switched itself off."""

    samples: int = 1

    def __str__(self) -> str:
        """``alarm any``."""
        return "alarm any"


@dataclass(frozen=True, slots=True)
class SetPointChanged:
    """A chamber whose set point is not the one that we wrote last."""

    samples: int = 2

    def __str__(self) -> str:
        """``set point changed by someone else``."""
        return "set point changed by someone else"


@dataclass(frozen=True, slots=True)
class ForeignClient:
    """A test on the channel that is none of ours, or a program that has it.

    Two samples: a test of ours shows its id before its name.
    """

    samples: int = 2

    def __str__(self) -> str:
        """``client foreign``."""
        return "client foreign"


@dataclass(frozen=True, slots=True)
class LimitsDiffer:
    """An instrument that tells of a test of ours other limits than those that were sent."""

    samples: int = 1

    def __str__(self) -> str:
        """``limits read back wrong``."""
        return "limits read back wrong"


@dataclass(frozen=True, slots=True)
class AgainstStep:
    """A current that flows the other way than the protocol's step orders it, by more than a tenth of what it orders.

    Two looks with new records in a row: at a step's beginning a record may still show the one before.
    """

    samples: int = 2

    def __str__(self) -> str:
        """``current against its step``."""
        return "current against its step"


@dataclass(frozen=True, slots=True)
class BeyondExpected:
    """A step that has passed more charge, or has run for longer, than so many times what is expected of it."""

    quantity: Literal["capacity", "step_time"]
    factor: float
    samples: int = 1

    def __str__(self) -> str:
        """``capacity above 1.2 x expected``."""
        return f"{self.quantity.replace('_', ' ')} above {self.factor:g} x expected"


@dataclass(frozen=True, slots=True)
class StopUnconfirmed:
    """A run that is being stopped while its test still holds the cell: refused, or acknowledged and not done."""

    samples: int = 2

    def __str__(self) -> str:
        """``stop not confirmed``."""
        return "stop not confirmed"


@dataclass(frozen=True, slots=True)
class Silent:
    """No answer, for as long as the rule says. ``in_use``: only while a run of ours is there."""

    in_use: bool = False
    samples: int = 1

    def __str__(self) -> str:
        """``silent``."""
        return "silent while in use" if self.in_use else "silent"


Condition = (
    Bound
    | OutsideLimits
    | OutsideProtocol
    | HeatingRate
    | Lost
    | Frozen
    | Alarming
    | SetPointChanged
    | ForeignClient
    | LimitsDiffer
    | AgainstStep
    | BeyondExpected
    | StopUnconfirmed
    | Silent
)
"""``samples``: so many in a row have to show it, whatever ``for`` says."""
