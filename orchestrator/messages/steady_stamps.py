"""How old an alarm is, whatever becomes of the clock: escalation neither hurries nor waits because it was set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from orchestrator.messages.routing import Episode

__all__ = ["SteadyStamps"]

_Stamp = tuple[int, float]


@dataclass
class SteadyStamps:
    """When each instant was, by the steady clock, from when it was first seen on; forgotten with the process."""

    _at_s: dict[_Stamp, float] = field(default_factory=dict)

    def steady(self, episodes: Iterable[Episode], now_unix_s: float, now_s: float) -> list[Episode]:
        """The episodes with their instants as they would be written, had the clock always been what it is now."""
        known, self._at_s = self._at_s, {}

        def steady(episode_id: int, unix_s: float) -> float:
            stamp = (episode_id, unix_s)
            # one from a time to come was written before the clock was set back, and the process began after that
            at_s = self._at_s[stamp] = known.get(stamp, now_s - max(now_unix_s - unix_s, 0.0))
            return now_unix_s - (now_s - at_s)

        found = []
        for episode in episodes:
            over = None if episode.over_unix_s is None else steady(episode.id, episode.over_unix_s)
            found.append(replace(episode, raised_unix_s=steady(episode.id, episode.raised_unix_s), over_unix_s=over))
        return found
