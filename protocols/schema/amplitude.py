"""The amplitude of a sine, as ``10 mV peak`` or ``7 mV rms``: a number alone would be read as either, 41 % apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated

from protocols.errors import quoted
from protocols.kinds import CURRENT, VOLTAGE, Kind
from protocols.quantity import Quantity, QuantityError, parse_quantity
from protocols.schema.written import ReadAs, Reader, Written

__all__ = ["Amplitude", "CurrentAmplitude", "VoltageAmplitude"]

_PEAK_TO_PEAK = {"pp", "p-p", "pk-pk", "peak-to-peak"}
_NEARLY = {"peak", "rms", "pk", "amplitude", "eff"}


@dataclass(frozen=True, slots=True)
class Amplitude:
    """An amplitude as written."""

    size: Quantity
    is_rms: bool
    text: str

    @property
    def peak_factor(self) -> float:
        """What ``size`` is multiplied with to be the peak value of a sine, half of peak to peak."""
        return math.sqrt(2) if self.is_rms else 1.0


def _reader(kind: Kind, example: str) -> Reader[Amplitude]:
    """Return the reader of a voltage or a current that states its form. It raises QuantityError."""

    def read(text: str) -> Amplitude:
        *size_words, form = text.split() or [""]
        size, written = " ".join(size_words), quoted(text.strip())
        if form in {"peak", "rms"}:
            return Amplitude(_above_zero(size, kind, written), form == "rms", text.strip())
        if form.lower() in _PEAK_TO_PEAK:
            remedy = f"peak is half of that: what is twice {example} from peak to peak is {example} peak"
            raise QuantityError(f"{written} is from peak to peak", remedy)
        bare = size if form.lower() in _NEARLY else text.strip()
        _above_zero(bare, kind, written)  # what is no quantity at all is told first
        raise QuantityError(f"{written} does not say which amplitude it is", f"write {bare} peak, or {bare} rms")

    schema = {
        "type": "string",
        "pattern": r"^\s*([0-9.]|C\s*/).*\s(peak|rms)\s*$",
        "description": f"{kind.phrase} with its unit and its form, such as {example} peak or {example} rms",
    }
    return Reader(read, f"an amplitude such as {example} peak", schema)


def _above_zero(text: str, kind: Kind, written: str) -> Quantity:
    size = parse_quantity(text, kind)
    if size.value <= 0:
        raise QuantityError(f"{written} is no amplitude", "write one above zero")
    return size


VoltageAmplitude = Annotated[Written[Amplitude], ReadAs(_reader(VOLTAGE, "10 mV"))]
CurrentAmplitude = Annotated[Written[Amplitude], ReadAs(_reader(CURRENT, "0.1 mA"))]
