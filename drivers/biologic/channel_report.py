"""What the process that owns EClib tells of one channel at each look; JSON on the way to the driver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

__all__ = ["ChannelReport"]


@dataclass(slots=True)
class ChannelReport:
    """Numbers are EClib's own; ``channel`` counts from 0."""

    channel: int
    state: int | None = None
    """None where it cannot be told; then ``trouble`` says why."""
    firmware: str = "kernel"
    """``kernel``, ``none`` or ``eclab``."""
    trouble: str | None = None
    tag: str | None = None
    test_id: str | None = None
    ours: bool = False
    """Whether its rows are in a spool here."""
    records: int | None = None
    complete: bool = False
    ended: tuple[str, str] | None = None
    voltage_V: float | None = None
    current_A: float | None = None
    filled_bytes: int = 0
    memory_bytes: int = 0
    taken_bytes: int = 0
    """Taken out of the memory in this look."""
    peak_fill: float = 0.0
    """Part of the memory that was in use before this look took any of it."""
    left: bool = False
    """Rows were left for the next look."""
    saturated: bool = False
    limits_differ: str | None = None
    """Which parameter of the running test is not the one that was sent."""
    unstopped: str | None = None
    """Why a protective stop is not confirmed."""
    remarks: tuple[str, ...] = ()
    """What the instrument told besides, each line once."""

    def as_json(self) -> dict[str, Any]:
        """Return its JSON form."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> ChannelReport:
        """Read what :meth:`as_json` returned."""
        report = cls(**document)
        report.ended = tuple(report.ended) if report.ended is not None else None  # type: ignore[assignment]
        report.remarks = tuple(report.remarks)
        return report
