"""What a condition says about one sample."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.interlocks.progress import JointSample, Standing

__all__ = ["Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judgement."""

    at_s: float
    """Of the sample."""
    holds: bool | None
    """None: this sample says nothing, all stays as it was."""
    text: str = ""
    """What is seen, for people."""
    since_s: float | None = None
    """Where the condition itself knows since when it holds."""
    samples: tuple[JointSample, ...] = ()
    standing: Standing | None = None
    """To be remembered for the next sample."""
