"""All topics."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.web.live.service_topic import look_at_service
from orchestrator.web.live.topic import Topic

__all__ = ["TOPICS"]

TOPICS: Mapping[str, Topic] = {topic.name: topic for topic in (Topic("service", look_at_service),)}
