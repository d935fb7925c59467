"""What the analyses raise; each message is one line with its remedy."""

from __future__ import annotations

__all__ = ["AnalysisError", "UnknownAnalysisError"]


class AnalysisError(Exception):
    """The analysis cannot say anything about this data with these options."""


class UnknownAnalysisError(AnalysisError):
    """No installed package offers an analysis of this name."""
