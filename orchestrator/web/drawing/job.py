"""What a drawing process is asked for, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from orchestrator.config import Lab

__all__ = ["DrawingJob", "Picture"]


@dataclass(frozen=True, slots=True)
class DrawingJob:
    """All figures of runs, or their report."""

    lab: Lab
    run_ids: tuple[int, ...]
    title: str
    """Above the report."""
    what: Literal["figures", "report"]
    now_unix_s: float
    """Of the lab, for the report's head."""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure as a whole SVG file."""

    key: str
    title: str
    caption: str
    svg: str
