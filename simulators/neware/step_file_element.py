"""One XML element of a step file: reading numbers and texts from it, and their units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from xml.etree.ElementTree import Element

__all__ = ["StepFileError", "Units", "child", "number", "optional_number", "text"]


class StepFileError(ValueError):
    """The bytes are no step file that this instrument understands; the message says where."""


@dataclass(frozen=True, slots=True)
class Units:
    """From the file's units to SI. ``scale`` multiplies currents and capacities in the file."""

    scale: float

    def current_A(self, value: float | None) -> float | None:
        """Milliampere times scale."""
        return None if value is None else value / (1e3 * self.scale)

    def capacity_Ah(self, value: float | None) -> float | None:
        """Milliampere second times scale."""
        return None if value is None else value / (3.6e6 * self.scale)

    @staticmethod
    def voltage_V(value: float | None) -> float | None:
        """Tenths of a millivolt."""
        return None if value is None else value / 1e4

    @staticmethod
    def time_s(value: float | None) -> float | None:
        """Milliseconds."""
        return None if value is None else value / 1e3

    @staticmethod
    def temperature_degC(value: float | None) -> float | None:
        """Tenths of a degree."""
        return None if value is None else value / 10


def child(element: Element, tag: str) -> Element:
    """Return the one child with this tag; raises StepFileError."""
    found = element.find(tag)
    if found is None:
        raise StepFileError(f"<{element.tag}> has no <{tag}>")
    return found


def number(element: Element, attribute: str = "Value") -> float:
    """Return a finite number in an attribute; raises StepFileError."""
    raw = element.get(attribute)
    try:
        value = float(raw) if raw is not None else math.nan
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise StepFileError(f"<{element.tag}> {attribute}={raw!r} is no number")
    return value


def optional_number(element: Element | None, path: str) -> float | None:
    """Return the ``Value`` of the element at a path below, None where there is none."""
    found = None if element is None else element.find(path)
    return None if found is None else number(found)


def text(element: Element | None, tag: str) -> str:
    """Return the ``Value`` of a child as text, empty where there is none."""
    found = None if element is None else element.find(tag)
    return "" if found is None else found.get("Value", "")
