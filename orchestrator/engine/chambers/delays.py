"""Since when members of a batch are held up, over restarts of the node. Pure but for what it remembers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.engine.chambers.member import Member

__all__ = ["LOOKS_FIRST_S", "Delays"]

LOOKS_FIRST_S = 120.0
"""After a start nobody is left behind before this: who was lost may answer by now, and is looked at first."""


class Delays:
    """By the steady clock while the process lives; by the stored time of day where an earlier process has seen it."""

    def __init__(self, patience_s: float) -> None:
        self.news: dict[int, float | None] = {}
        """What is to be stored, by run: since when it is held up, in Unix time; None: it goes on."""
        self._patience_s = patience_s
        self._since_s: dict[int, float] = {}

    def follow(self, members: Sequence[Member], now_s: float, now_unix_s: float) -> list[Member]:
        """Members with the moment since which they are known to be held up; ``news`` is what has changed."""
        held_up = [member for member in members if member.held_up]
        self._since_s = {member.run_id: self._since(member, now_s, now_unix_s) for member in held_up}
        self.news = {member.run_id: now_unix_s for member in held_up if member.held_up_unix_s is None}
        over = (member.run_id for member in members if not member.held_up and member.held_up_unix_s is not None)
        self.news |= dict.fromkeys(over)
        return [replace(member, held_up_since_s=self._since_s.get(member.run_id)) for member in members]

    def _since(self, member: Member, now_s: float, now_unix_s: float) -> float:
        known_s = self._since_s.get(member.run_id)
        if known_s is not None:
            return known_s
        if member.held_up_unix_s is None:
            return now_s
        ago_s = max(0.0, now_unix_s - member.held_up_unix_s)  # the clock may have been set back since
        return max(now_s - ago_s, now_s - self._patience_s + LOOKS_FIRST_S)
