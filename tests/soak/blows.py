"""What befalls the service: kills at random, kills at named points, connections that are reset, a web that dies."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from drivers.biologic.crash_points import EclibPoint
from orchestrator.crash_points import Point

__all__ = ["NOT_OF_A_NODE", "AtPoint", "AtRandom", "Blow", "plan_blows"]

NOT_OF_A_NODE = (Point.UPGRADE_WRITTEN, Point.UPGRADE_COMMITTED)
"""Passed by `cellbench db upgrade`, see :mod:`tests.soak.upgrading`."""
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
    """An instrument whose connections are reset half-way."""
    web: bool
    """The web process is killed half-way, too."""


@dataclass(frozen=True)
class AtPoint:
    """The process dies by itself where it comes by this point."""

    point: StrEnum
    nth: int
    everybody: bool

    @property
    def armed(self) -> str:
        """As the environment says it."""
        return f"{self.point}:{self.nth}" + (":all" if self.everybody else "")


Blow = AtRandom | AtPoint


def plan_blows(kills: int, points: Iterable[StrEnum], instruments: list[str], chance: Random) -> list[Blow]:
    """So many random kills and one at each of these points, in any order."""
    blows: list[Blow] = [_random_kill(instruments, chance) for _ in range(kills)]
    blows += [
        AtPoint(point, 1, everybody=point in _IN_CHILDREN or chance.random() < 0.5)
        for point in points
        if point not in NOT_OF_A_NODE
    ]
    chance.shuffle(blows)
    return blows


def _random_kill(instruments: list[str], chance: Random) -> AtRandom:
    once_up = chance.random() > _STARTING_SHARE
    return AtRandom(
        after_s=chance.uniform(0.0, _WORKING_MAX_S if once_up else _STARTING_MAX_S),
        once_up=once_up,
        everybody=chance.random() < 0.5,
        reset=chance.choice(instruments) if once_up and chance.random() < 0.5 else None,
        web=once_up and chance.random() < 0.2,
    )
