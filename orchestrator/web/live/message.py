"""What a page is sent: lines of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from orchestrator.web.live.changes import changes
from orchestrator.web.live.topic import Rows

__all__ = ["difference", "problem", "pulse", "whole"]


def pulse(now_unix_s: float) -> str:
    """What is shown still holds, and this is the lab's time."""
    return _text({"now_unix_s": now_unix_s})


def problem(words: str) -> str:
    """Nobody knows whether what is shown still holds."""
    return _text({"problem": words})


def whole(topic: str, rows: Rows) -> str:
    """Everything of a topic."""
    return _text({"topic": topic, "whole": True, "changed": {key: dict(row) for key, row in rows.items()}, "gone": []})


def difference(topic: str, before: Rows, after: Rows) -> str | None:
    """What has changed of a topic; None: nothing."""
    different = changes(before, after)
    if not different:
        return None
    return _text({"topic": topic, "whole": False, "changed": different.changed, "gone": different.gone})


def _text(message: Mapping[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False)
