"""Why a launch did not happen."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["LaunchHeldUp", "LaunchRefused"]


class LaunchRefused(Exception):
    """Nothing was written, nothing will start. ``problems``: one line each, with the remedy."""

    def __init__(self, problems: str | Iterable[str]) -> None:
        self.problems = (problems,) if isinstance(problems, str) else tuple(problems)
        super().__init__("; ".join(self.problems))


class LaunchHeldUp(LaunchRefused):
    """Only as things are now: the very same launch may be accepted later, without anybody changing it."""
