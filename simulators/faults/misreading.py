"""A sensor that tells something else than what is there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulators.lab.refusal import LabRefusal

__all__ = ["RIGHT", "Misreading", "misreading_words", "parse_misreading"]

_MOST = 1e6
_WORDS = {"nan": "nan", "open": "nan", "frozen": "frozen"}


@dataclass(frozen=True, slots=True)
class Misreading:
    """``shows`` tells nothing of what is there: no number, or the same for ever; else a scale and an offset do."""

    scale: float = 1.0
    offset: float = 0.0
    shows: Literal["nan", "frozen"] | None = None

    def reading(self, true: NDArray[np.float64]) -> NDArray[np.float64]:
        """What true values read as."""
        return true * self.scale + self.offset

    def true_value(self, reading: float) -> float:
        """What reads as this."""
        return (reading - self.offset) / self.scale

    def stuck_at(self, now: float) -> float | None:
        """Return what is told from now on whatever is there; None where the truth still matters."""
        return None if self.shows is None else math.nan if self.shows == "nan" else now


RIGHT = Misreading()
"""What a good sensor does."""


def parse_misreading(value: object, unit: str) -> Misreading:
    """Read ``nan``, ``open``, ``frozen``, or ``{offset_V: 0.2, scale: 1.01}`` with the unit. Raises LabRefusal."""
    offset_key = f"offset_{unit}"
    if isinstance(value, str) and value in _WORDS:
        return Misreading(shows="nan" if _WORDS[value] == "nan" else "frozen")
    if isinstance(value, dict) and value and not value.keys() - {"scale", offset_key}:
        scale, offset = value.get("scale", 1.0), value.get(offset_key, 0.0)
        if _is_number(scale) and _is_number(offset) and scale:
            return Misreading(float(scale), float(offset))
    raise LabRefusal(f"a wrong reading is written {misreading_words(unit)}")


def misreading_words(unit: str) -> str:
    """All that can be wrong with a reading, as a person writes it."""
    return f"nan, open, frozen or {{offset_{unit}: number, scale: number but 0}}"


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < _MOST
