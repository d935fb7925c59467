"""The physical kinds that a value in a file can be of, with the unit in which each is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "AREA",
    "CAPACITY",
    "CURRENT",
    "DURATION",
    "FREQUENCY",
    "HEATING_RATE",
    "KINDS",
    "MASS",
    "PERIODS",
    "RATIO",
    "SCAN_RATE",
    "TEMPERATURE",
    "TEMPERATURE_DIFFERENCE",
    "VOLTAGE",
    "Kind",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """One physical kind. A current may be written per gram or per area: each such basis has its own unit."""

    name: str
    phrase: str
    """With its article: ``a current``."""
    units: tuple[str, ...]
    """Units of the result, one for each basis, as products of symbols that pint reads."""
    examples: str
    sign: Literal["positive", "any"] = "any"
    words: tuple[str, ...] = ()
    """Units that are not pint's business: ``C`` (C-rate), ``degC``, ``%``, ``periods``."""


CURRENT = Kind(
    "current",
    "a current",
    ("A", "A*g**-1", "A*cm**-2"),
    "0.2 A/g, 5 mA or 1C",
    sign="positive",
    words=("C",),
)
VOLTAGE = Kind("voltage", "a voltage", ("V",), "1.5 V or 10 mV")
DURATION = Kind("duration", "a duration", ("s",), "10 min, 30 s or 2 h", sign="positive")
CAPACITY = Kind(
    "capacity",
    "a capacity",
    ("A*h", "A*h*g**-1", "A*h*cm**-2"),
    "3.4 mAh, 600 mAh/g or 50 %",
    sign="positive",
    words=("%",),
)
TEMPERATURE = Kind("temperature", "a temperature", (), "25 degC", words=("degC",))
TEMPERATURE_DIFFERENCE = Kind("temperature difference", "a temperature difference", ("K",), "0.5 K", sign="positive")
HEATING_RATE = Kind("heating rate", "a heating rate", ("K*s**-1",), "1 K/min", sign="positive")
RATIO = Kind("ratio", "a ratio", (), "80 %", sign="positive", words=("%",))
MASS = Kind("mass", "a mass", ("g",), "2.75 mg", sign="positive")
AREA = Kind("area", "an area", ("cm**2",), "1.131 cm2", sign="positive")
FREQUENCY = Kind("frequency", "a frequency", ("Hz",), "100 kHz", sign="positive")
SCAN_RATE = Kind("scan rate", "a scan rate", ("V*s**-1",), "0.1 mV/s", sign="positive")
PERIODS = Kind("number of periods", "a number of periods", (), "0.1 periods", words=("periods", "period"))

KINDS = (
    CURRENT,
    VOLTAGE,
    DURATION,
    CAPACITY,
    TEMPERATURE,
    TEMPERATURE_DIFFERENCE,
    HEATING_RATE,
    RATIO,
    MASS,
    AREA,
    FREQUENCY,
    SCAN_RATE,
    PERIODS,
)
"""In the order in which an unknown text is tried: a percentage is a ratio only where no capacity is meant."""
