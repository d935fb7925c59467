"""What befalls the service: kills at random, kills at named points, connections that are reset, a web that dies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from drivers.biologic.crash_points import EclibPoint
from orchestrator.crash_points import Point

__all__ = ["NOT_OF_A_NODE", "AtPoint", "AtRandom", "Blow", "Blows"]

NOT_OF_A_NODE = (Point.UPGRADE_WRITTEN, Point.UPGRADE_COMMITTED)
"""Passed by `cellbench db upgrade`, see :mod:`tests.soak.upgrading`."""
_STARTS = (Point.START_DECIDED, Point.START_INTENDED, *list(EclibPoint)[:3])
_OF_CAMPAIGNS = (Point.CAMPAIGN_LAUNCHED, Point.CAMPAIGN_WRITTEN, Point.CAMPAIGN_COMMITTED)
_IN_CHILDREN = (*EclibPoint, Point.ANALYSIS_TAKEN)
_STARTING_SHARE, _STARTING_MAX_S, _WORKING_MAX_S = 0.1, 3.0, 2.0


@dataclass(frozen=True)
class AtRandom:
    """Kill -9 some wall seconds after the node was started, or after it drives its instruments."""

    after_s: float
    once_up: bool
    everybody: bool
    """With all processes that it has started, as in a power cut."""
    reset: str | None
    """An instrument, or the database, whose connections are reset half-way."""
    web: bool
    """The web process is killed half-way, too."""


@dataclass(frozen=True)
class AtPoint:
    """The process dies by itself at the first of these points that it comes by."""

    armed: str
    """As the environment says it."""


Blow = AtRandom | AtPoint


@dataclass
class Blows:
    """So many random kills, and one at each of the points, in any order; what comes next depends on what was hit."""

    kills: int
    points: list[StrEnum]
    connected: list[str]
    chance: Random

    def __post_init__(self) -> None:
        self.points = [point for point in self.points if point not in NOT_OF_A_NODE]

    def next(self) -> Blow | None:
        """Return what befalls the next node; None: nothing any more."""
        left = self.kills + len(self.points)
        if not left:
            return None
        if self.chance.random() * left < self.kills:
            self.kills -= 1
            return _random_kill(self.connected, self.chance)
        return AtPoint(",".join(self._armed(point) for point in self.points))

    def hit(self, point: str) -> None:
        """A process has died there."""
        self.points = [left for left in self.points if left != point]

    def _armed(self, point: StrEnum) -> str:
        nth = 1
        if point in _STARTS:
            nth = self.chance.randint(1, 2)  # not always of the same run: it has three attempts
        elif point in _OF_CAMPAIGNS:
            nth = self.chance.randint(1, 4)  # not always when it begins
        return f"{point}:{nth}" + (":all" if point in _IN_CHILDREN or self.chance.random() < 0.5 else "")


def _random_kill(connected: list[str], chance: Random) -> AtRandom:
    once_up = chance.random() > _STARTING_SHARE
    return AtRandom(
        after_s=chance.uniform(0.0, _WORKING_MAX_S if once_up else _STARTING_MAX_S),
        once_up=once_up,
        everybody=chance.random() < 0.5,
        reset=chance.choice(connected) if once_up and chance.random() < 0.5 else None,
        web=once_up and chance.random() < 0.2,
    )
