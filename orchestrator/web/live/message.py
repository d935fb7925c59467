"""What a page is sent: lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.web.live.changes import Changes
from orchestrator.web.live.topic import Rows

__all__ = ["Say", "difference", "problem", "pulse", "whole"]


Say = Callable[[Mapping[str, Any]], dict[str, Any]]
"""A row, or what has changed of it, in the language of a page."""


def pulse(now_unix_s: float) -> str:
    """What is shown still holds, and this is the lab's time."""
    return _text({"now_unix_s": now_unix_s})


def problem(words: str) -> str:
    """Nobody knows whether what is shown still holds."""
    return _text({"problem": words})


def whole(topic: str, rows: Rows, say: Say) -> str:
    """Everything of a topic."""
    return _text({"topic": topic, "whole": True, "changed": {key: say(row) for key, row in rows.items()}, "gone": []})


def difference(topic: str, different: Changes, say: Say) -> str | None:
    """What has changed of a topic; None: nothing."""
    if not different:
        return None
    changed = {key: say(row) for key, row in different.changed.items()}
    return _text({"topic": topic, "whole": False, "changed": changed, "gone": different.gone})


def _text(message: Mapping[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False)
