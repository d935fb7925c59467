"""Who has a chamber: one run or one batch that sets temperatures, or any number of runs that do not. Pure.

Nothing is remembered: the order of the queue and what has begun decide, so that every loop of the node, and a
node that comes back, concludes the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestrator.engine.chambers.member import Member

__all__ = ["Group", "Holds", "find_holds"]


@dataclass(frozen=True, slots=True)
class Group:
    """Runs that hold a chamber together: a batch, or one run."""

    members: tuple[Member, ...]
    """By run number; not empty."""

    @property
    def sets_temperature(self) -> bool:
        """Whether it needs the chamber for itself."""
        return any(member.temperatures for member in self.members)

    @property
    def begun(self) -> bool:
        """Whether it has had the chamber already: then it keeps it."""
        return any(member.begun for member in self.members)

    def __str__(self) -> str:
        """``run 7``, ``batch 3 (runs 7, 8, 9)``."""
        numbers = ", ".join(str(member.run_id) for member in self.members)
        if self.members[0].batch_id is None:
            return f"run {numbers}"
        return f"batch {self.members[0].batch_id} (run{'s' if len(self.members) > 1 else ''} {numbers})"


@dataclass(frozen=True, slots=True)
class Holds:
    """What everybody's claims come to."""

    granted: tuple[Group, ...]
    """Either one group that sets temperatures, or groups that share."""
    waiting: tuple[tuple[Member, str], ...]
    """Everybody else, each with those for whom it waits."""

    @property
    def waits_for(self) -> Mapping[int, str]:
        """By run number: for whom it waits."""
        return {member.run_id: whom for member, whom in self.waiting}

    @property
    def setter(self) -> Group | None:
        """The group that may set the temperature."""
        return next((group for group in self.granted if group.sets_temperature), None)


def find_holds(members: Iterable[Member]) -> Holds:
    """Grant the chamber in order; who waits is not overtaken by anybody who could not be granted beside it."""
    groups = sorted(_groups(members), key=_precedence)
    granted: list[Group] = []
    waiting: list[tuple[Member, str]] = []
    for place, group in enumerate(groups):
        against = [other for other in groups[:place] if other.sets_temperature or group.sets_temperature]
        if against:
            waiting += [(member, str(against[0])) for member in group.members]
        else:
            granted.append(group)
    return Holds(tuple(granted), tuple(waiting))


def _precedence(group: Group) -> tuple[bool, bool, int]:
    """What has begun is first, then the order of the queue; a run that has left a batch comes behind that batch."""
    place = min(member.place for member in group.members)
    return not group.begun, group.begun and group.members[0].batch_id is None, place


def _groups(members: Iterable[Member]) -> list[Group]:
    gathered: dict[tuple[str, int], list[Member]] = {}
    for member in sorted(members, key=lambda member: member.run_id):
        key = ("run", member.run_id) if member.batch_id is None else ("batch", member.batch_id)
        gathered.setdefault(key, []).append(member)
    return [Group(tuple(together)) for together in gathered.values()]
