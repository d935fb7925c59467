"""What decoding goes on from: a few numbers and counters that stand in the cursor. JSON form."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from drivers.biologic.cycle_count import CycleCount
from drivers.biologic.half_scans import HalfScan
from drivers.biologic.list_position import ListPosition
from drivers.biologic.step_counters import StepCounters
from drivers.errors import Garbled

__all__ = ["DecoderState"]


@dataclass(frozen=True, slots=True)
class DecoderState:
    """After the last row of a test; the defaults are the beginning."""

    started_unix_s: float
    """When the channel was started: test time 0."""
    seq: int = 0
    """Records so far."""
    spectrum_seq: int = 0
    """Points of spectra so far."""
    spectrum: int = 0
    """Spectra so far."""
    in_spectrum: bool = False
    """Whether the present execution has points already."""
    position: ListPosition = field(default_factory=ListPosition)
    execution_s: float = -1.0
    """StartTime of the present execution of a technique."""
    cycles: CycleCount = field(default_factory=CycleCount)
    counters: StepCounters = field(default_factory=StepCounters)
    half_scan: HalfScan | None = None
    """None outside scans."""
    step: int | None = None
    """Of the last record, as the step map counts; None before the first."""
    last_s: float = 0.0
    """Test time of the last record."""
    last_V: float | None = None
    """Its voltage."""
    ended: bool = False
    """Whether rows of an end mark have come."""
    last_rows_lost: bool = False
    """Whether rows may be missing behind the last that have come."""
    tick_doubted: bool = False
    """Whether it was told that the instrument times rows with another tick than it was sent."""

    def as_json(self) -> dict[str, Any]:
        """Return its JSON form, floats exact."""
        return asdict(self)

    def text(self) -> str:
        """As JSON text."""
        return json.dumps(self.as_json(), separators=(",", ":"), allow_nan=False)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> DecoderState:
        """Read what :meth:`as_json` returned. Raises Garbled."""
        try:
            position, half_scan = dict(document["position"]), document["half_scan"]
            for counter in ("sent_back", "entered"):
                position[counter] = tuple((int(index), int(count)) for index, count in position[counter])
            parts = {
                "position": ListPosition(**position),
                "cycles": CycleCount(**document["cycles"]),
                "counters": StepCounters(**document["counters"]),
                "half_scan": HalfScan(**half_scan) if half_scan else None,
            }
            return cls(**(document | parts))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise Garbled(f"no state of this decoder: {error}", received=repr(document).encode()) from error

    @classmethod
    def read(cls, text: str) -> DecoderState:
        """Read what :meth:`text` returned. Raises Garbled."""
        try:
            document = json.loads(text)
        except ValueError as error:
            raise Garbled(f"no state of this decoder: {error}", received=text.encode()) from error
        return cls.from_json(document)
