"""The parameters of one loaded technique, checked for label, type and place."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.parameter_table import HARDWARE_LABELS, Kind, ParameterSpec, parameters_of
from simulators.biologic.structs import PARAMETER_IMAGE_BYTES
from simulators.biologic.technique_id import TechniqueId

__all__ = ["ParameterSet"]

_IMAGE = struct.Struct("<64siIi")
_CODES: dict[int, Kind] = {0: "int", 1: "bool", 2: "single"}

Element = tuple[str, int]
"""Label and ParamIndex."""


class ParameterSet:
    """Values by label and index; what was not given has its default. Built from EccParam images as they come."""

    def __init__(self, technique: TechniqueId, images: bytes) -> None:
        self._specs = parameters_of(technique)
        self._images: dict[Element, bytes] = {}
        self._values: dict[Element, float] = {}
        self.update(images)

    def update(self, images: bytes) -> None:
        """Take over further images; all or none. Raises EclibError INVALIDPARAMETERS.

        # unconfirmed on hardware: the code for an unknown label, a wrong type and an index out of range
        """
        read = list(self._read(images))
        for element, value, image in read:
            self._values[element] = value
            self._images[element] = image

    def number(self, label: str, index: int = 0) -> float:
        """One value."""
        return self._values.get((label, index), self._specs[label].default)

    def count(self, label: str) -> int:
        """One value as a whole number."""
        return int(self.number(label))

    def flag(self, label: str, index: int = 0) -> bool:
        """One value as yes or no."""
        return bool(self.number(label, index))

    def whole(self, label: str, index: int) -> int:
        """One element as a whole number."""
        return int(self.number(label, index))

    def has(self, label: str) -> bool:
        """Whether the technique knows this label."""
        return label in self._specs

    def given(self, label: str) -> bool:
        """Whether somebody gave a value, rather than its default being taken."""
        return (label, 0) in self._values

    def length(self, label: str) -> int:
        """How many elements a label has."""
        return self._specs[label].length

    def images(self, *, hardware: bool) -> bytes:
        """Return the images as they were given, either those of hardware labels or all others."""
        chosen = (image for (label, _), image in self._images.items() if (label in HARDWARE_LABELS) == hardware)
        return b"".join(chosen)

    def all_images(self) -> bytes:
        """Return every image as it was given."""
        return b"".join(self._images.values())

    def _read(self, images: bytes) -> Iterator[tuple[Element, float, bytes]]:
        if len(images) % PARAMETER_IMAGE_BYTES:
            raise EclibError(ErrorCode.INVALIDPARAMETERS, "half a parameter")
        for offset in range(0, len(images), PARAMETER_IMAGE_BYTES):
            image = images[offset : offset + PARAMETER_IMAGE_BYTES]
            raw_label, code, word, index = _IMAGE.unpack(image)
            label = raw_label.split(b"\0")[0].decode("ascii", "replace")
            spec = self._spec(label, code, index)
            value = _value(spec.kind, word)
            if not math.isfinite(value):
                raise EclibError(ErrorCode.INVALIDPARAMETERS, f"{label} is {value}")
            yield (label, index), value, image

    def _spec(self, label: str, code: int, index: int) -> ParameterSpec:
        spec = self._specs.get(label)
        if spec is None:
            raise EclibError(ErrorCode.INVALIDPARAMETERS, f"unknown parameter {label!r}")
        if _CODES.get(code) != spec.kind:
            raise EclibError(ErrorCode.INVALIDPARAMETERS, f"{label} must be of type {spec.kind}")
        if not 0 <= index < spec.length:
            raise EclibError(ErrorCode.INVALIDPARAMETERS, f"{label} has no element {index}")
        return spec


def _value(kind: Kind, word: int) -> float:
    image = struct.pack("<I", word)
    if kind == "single":
        return float(struct.unpack("<f", image)[0])
    whole: int = struct.unpack("<i", image)[0]
    return float(bool(whole)) if kind == "bool" else whole
