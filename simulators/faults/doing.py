"""What a fault does: spoil one exchange, or befall the instrument."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

__all__ = ["Befall", "Doing", "Spoil", "Undo"]

FaultT = TypeVar("FaultT")
Undo = Callable[[], None]


def _any_command(_: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Spoil(Generic[FaultT]):
    """An exchange suffers ``fault``; what that is, its family says."""

    fault: FaultT
    concerns: Callable[[str], bool] = _any_command
    """Commands to which it can happen: nothing but an order can be acknowledged falsely."""


@dataclass(frozen=True, slots=True)
class Befall:
    """Something befalls the instrument itself; ``act`` returns how it is undone. Both raise LabRefusal."""

    act: Callable[[], Undo | None]
    lasting: bool = True
    """Whether it can be undone."""
    ends_exchange: bool = False
    """Whether an exchange under way gets no answer any more."""


Doing = Spoil[FaultT] | Befall
