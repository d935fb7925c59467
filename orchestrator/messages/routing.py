"""Who is to be told what of an alarm, and when to ask again: pure, no I/O, no clock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from orchestrator.messages.receiver import Receiver
from orchestrator.store.alarms import Alarm, Severity
from orchestrator.store.messages import Kind, Message

__all__ = ["SETTLES_AFTER_S", "Episode", "Routed", "episodes", "route"]

SETTLES_AFTER_S = 300.0
"""An alarm that comes back within this time was never over: nobody is told of its end, nor of its return."""


@dataclass(frozen=True, slots=True)
class Episode:
    """An alarm together with its returns: people are told of them as of one."""

    id: int
    """Of the first."""
    alarm_ids: tuple[int, ...]
    """Of all."""
    source: str
    message: str
    severity: Severity
    """The worst."""
    raised_unix_s: float
    over_unix_s: float | None
    acknowledged: Alarm | None
    """The first that somebody has acknowledged; it holds for the returns, too."""
    times: int
    messages: Mapping[tuple[str, Kind], Message]
    """What was queued, by receiver and kind."""

    @property
    def calls(self) -> bool:
        """Whether somebody has yet to come: it is not over, and nobody has acknowledged it."""
        return self.over_unix_s is None and self.acknowledged is None


@dataclass(frozen=True, slots=True)
class Routed:
    """What comes of an episode now."""

    messages: tuple[tuple[str, Kind], ...]
    """Receiver and kind; those that are queued already among them."""
    again_unix_s: float | None = None
    """When something else comes of it, if nothing happens till then."""
    finished: bool = False
    """Nothing will."""


def episodes(alarms: Iterable[Alarm], messages: Iterable[Message]) -> list[Episode]:
    """Alarms with their returns, in order of the first."""
    found: dict[int, list[Alarm]] = {}
    for alarm in alarms:
        found.setdefault(alarm.first_id or alarm.id, []).append(alarm)
    queued: dict[int, dict[tuple[str, Kind], Message]] = {}
    for message in messages:
        queued.setdefault(message.alarm_id, {})[message.receiver, message.kind] = message
    return [_episode(first_id, them, queued.get(first_id, {})) for first_id, them in found.items()]


def _episode(first_id: int, them: Sequence[Alarm], queued: Mapping[tuple[str, Kind], Message]) -> Episode:
    ends = [alarm.cleared_unix_s for alarm in them]
    return Episode(
        id=first_id,
        alarm_ids=tuple(alarm.id for alarm in them),
        source=them[0].source,
        message=them[0].message,
        severity="critical" if any(alarm.severity == "critical" for alarm in them) else "warning",
        raised_unix_s=them[0].raised_unix_s,
        over_unix_s=None if None in ends else max(end for end in ends if end is not None),
        acknowledged=next((alarm for alarm in them if alarm.acknowledged_by is not None), None),
        times=len(them),
        messages=queued,
    )


def route(episode: Episode, receivers: Sequence[Receiver], unreachable: Collection[str], now: float) -> Routed:
    """Tell who is due, those who were told what became of it, and nobody else.

    ``unreachable`` are the names of receivers to which nothing gets through: where all of a stage are, and nobody has
    taken the alarm, the next stage need not wait.
    """
    told = {receiver for receiver, kind in episode.messages if kind == "raised"}
    due, again = _due(episode, receivers, unreachable, now)
    told |= due
    queue: list[tuple[str, Kind]] = [(name, "raised") for name in sorted(due)]
    if episode.acknowledged is not None:
        queue += [(name, "acknowledged") for name in sorted(told)]
    if episode.over_unix_s is None:
        return Routed(tuple(queue), again)
    settled = episode.over_unix_s + SETTLES_AFTER_S
    if now < settled:
        return Routed(tuple(queue), settled)
    return Routed((*queue, *((name, "cleared") for name in sorted(told))), finished=True)


def _due(
    episode: Episode, receivers: Sequence[Receiver], unreachable: Collection[str], now: float
) -> tuple[set[str], float | None]:
    """Who is to be told by now, and when the next are."""
    entitled = [one for one in receivers if one.takes(episode.severity, episode.source)]
    due: set[str] = set()
    before: set[str] = set()
    for after_s, stage in groupby(sorted(entitled, key=lambda one: one.after_s), key=lambda one: one.after_s):
        due_unix_s = episode.raised_unix_s + after_s
        # Who is told at once is told also of what is over by now.
        reached = after_s == 0 or (episode.calls and (now >= due_unix_s or _in_vain(episode, due, before, unreachable)))
        if not reached:
            return due, due_unix_s if episode.calls else None
        before = {one.name for one in stage}
        due |= before
    return due, None


def _in_vain(episode: Episode, due: Collection[str], stage: Collection[str], unreachable: Collection[str]) -> bool:
    """Whether nobody has taken it, and nobody of the last stage will soon."""
    queued = (episode.messages.get((name, "raised")) for name in due)
    taken = any(message is not None and message.taken_wall_unix_s is not None for message in queued)
    return bool(stage) and not taken and all(name in unreachable for name in stage)
