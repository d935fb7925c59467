"""What the templates of the queue are given."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.web.models.queue import ChannelQueue, QueueAnswer, QueuedJob

__all__ = ["QueueView", "queue_view"]


@dataclass(frozen=True, slots=True)
class QueueView:
    """Channels on which something waits, those on which something only runs, and what has no bench yet."""

    waiting: list[ChannelQueue]
    running: list[ChannelQueue]
    nowhere: list[QueuedJob]


def queue_view(answer: QueueAnswer) -> QueueView:
    """The queue, parted."""
    waits = [one for one in answer.channels if _waits(one)]
    return QueueView(waits, [one for one in answer.channels if one not in waits], answer.jobs)


def _waits(channel: ChannelQueue) -> bool:
    return bool(channel.jobs) or any(run.state in ("queued", "waiting") for run in channel.runs)
