"""Where reading of a test goes on, and what its next rows are counted from. Opaque text to everyone else."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from drivers.errors import Garbled

__all__ = ["Position"]


@dataclass(frozen=True, slots=True)
class Position:
    """State after the last row read; the defaults are the beginning of a test."""

    next_seq: int = 1
    """Sequence number of the next row."""
    done_ms: float = 0.0
    """Test time of the completed steps: their last rows carry their durations."""
    cycle: int = 0
    step: int = 0
    """Cycle (from 1) and step number of the last row; 0 before the first."""
    testtime_ms: float = 0.0
    """Of the last row, since the start of its step."""
    anchor_s: float | None = None
    """Unix time minus test time, as told by the PC's clock."""

    @classmethod
    def read(cls, cursor: str) -> Position:
        """Read a cursor that :meth:`text` wrote; the empty text is the beginning. Raises Garbled."""
        if not cursor:
            return cls()
        try:
            fields = json.loads(cursor)
            position = cls(**fields)
            valid = int(position.next_seq) >= 1 and float(position.done_ms) >= 0.0
        except (ValueError, TypeError) as error:
            raise Garbled(f"the cursor {cursor!r} is not of this driver: {error}") from error
        if not valid:
            raise Garbled(f"the cursor {cursor!r} is not of this driver")
        return position

    def text(self) -> str:
        """As a cursor: JSON, floats exact."""
        return json.dumps(asdict(self), separators=(",", ":"))
