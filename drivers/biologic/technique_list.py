"""What is loaded on a channel: linked techniques, their parameters, and what their rows mean to us. JSON form."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

from drivers.contracts import StepKind
from drivers.errors import Garbled

__all__ = ["MEDIA_TYPE", "Parameter", "ServiceLimits", "StepRows", "Technique", "TechniqueList", "Value"]

MEDIA_TYPE = "application/json"
"""Of :meth:`TechniqueList.dump`: ``Translation.media_type``."""

_VERSION = 1

Value = bool | int | float


@dataclass(frozen=True, slots=True)
class Parameter:
    """One EccParam. Its type follows from the value's: bool, int (int32) or float (single), asked in this order."""

    label: str
    """Case-sensitive."""
    value: Value
    index: int = 0


@dataclass(frozen=True, slots=True)
class StepRows:
    """Which step of the step map rows belong to."""

    step: int
    kind: StepKind
    cycle: int = 0
    """Of a half-scan: cycles of its scan that lie before it, those of the instrument's own cycle column left out."""


@dataclass(frozen=True, slots=True)
class ServiceLimits:
    """Protection of one technique in numbers, whether the board holds it as well or not."""

    voltage_min_V: float
    voltage_max_V: float
    current_max_A: float
    """Magnitude, both directions."""


@dataclass(frozen=True, slots=True)
class Technique:
    """One entry of the list, in the order of loading: its TechniqueIndex is its place."""

    stem: str
    """Base name of its ``.ecc`` file, without the suffix of the board's type: ``cplimit``."""
    parameters: tuple[Parameter, ...]
    time_base_s: float = 0.0
    """``tb`` as it is sent; 0 where nothing is measured (LOOP)."""
    steps: tuple[StepRows, ...] = ()
    """Of a scan one for each half-scan in order, else at most one. None: it has no rows, or they are dropped."""
    limits: ServiceLimits | None = None
    """None where nothing is measured."""
    end_mark: bool = False
    """Rows of it say that the list came to its end by itself; they are nobody's."""
    leaves_loop: bool = False
    """A pulse that stops the channel at its voltage, whereby the list has come to its end."""

    def number(self, label: str, index: int = 0, default: float = 0.0) -> float:
        """Value of a parameter as a number."""
        found = (it.value for it in self.parameters if it.label == label and it.index == index)
        return float(next(found, default))

    @property
    def is_loop(self) -> bool:
        """Whether it sends the list back to an earlier technique."""
        return self.stem == "loop"

    @property
    def current_range(self) -> int | None:
        """Code of its current range; None where it names none."""
        return next((int(it.value) for it in self.parameters if it.label == "I_Range"), None)


@dataclass(frozen=True, slots=True)
class TechniqueList:
    """Everything that one start of a channel executes."""

    techniques: tuple[Technique, ...]

    def dump(self) -> bytes:
        """Return its JSON form, the same bytes for the same list."""
        content = {"version": _VERSION, "techniques": [asdict(technique) for technique in self.techniques]}
        return json.dumps(content, separators=(",", ":"), allow_nan=False).encode("ascii")

    @classmethod
    def load(cls, content: bytes) -> TechniqueList:
        """Read what :meth:`dump` wrote. Raises Garbled."""
        try:
            document = json.loads(content)
            if document["version"] != _VERSION:
                raise Garbled(f"a list of techniques of version {document['version']}, this is {_VERSION}")
            return cls(tuple(_technique(entry) for entry in document["techniques"]))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise Garbled(f"no list of techniques: {error}", received=content) from error


def _technique(entry: dict[str, Any]) -> Technique:
    limits = entry.pop("limits")
    return Technique(
        parameters=tuple(Parameter(**it) for it in entry.pop("parameters")),
        steps=tuple(StepRows(it["step"], StepKind(it["kind"]), it["cycle"]) for it in entry.pop("steps")),
        limits=ServiceLimits(**limits) if limits else None,
        **entry,
    )
