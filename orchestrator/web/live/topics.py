"""All topics."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.web.live.bench_topics import look_at_bench, look_at_chamber_cards
from orchestrator.web.live.protocol_topic import look_at_versions
from orchestrator.web.live.queue_topic import look_at_campaign, look_at_queue
from orchestrator.web.live.run_topic import look_at_run
from orchestrator.web.live.service_topic import look_at_service
from orchestrator.web.live.topic import Topic

__all__ = ["TOPICS"]

_TOPICS = (
    Topic("bench", look_at_bench, frozenset({"detail"})),
    Topic("campaign", look_at_campaign),
    Topic("chambers", look_at_chamber_cards, frozenset({"holder", "waiting_for", "detail"})),
    Topic("protocol-versions", look_at_versions),
    Topic("queue", look_at_queue),
    Topic("run", look_at_run, frozenset({"reason"})),
    Topic("service", look_at_service, frozenset({"about", "message"})),
)
TOPICS: Mapping[str, Topic] = {topic.name: topic for topic in _TOPICS}
