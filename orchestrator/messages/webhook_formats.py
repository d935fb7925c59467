"""The JSON that each kind of webhook accepts, and how each says yes.

Slack: docs.slack.dev, "Sending messages using incoming webhooks". Microsoft Teams: "Create incoming webhooks with
Workflows", an Adaptive Card. DingTalk: "Custom robot access", signed; WeCom: "Group robot configuration". The last two
answer HTTP 200 with an ``errcode`` that is 0 where the message was taken.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import asdict
from typing import Any

from orchestrator.messages.letter import Letter
from orchestrator.messages.receiver import WebhookFormat

__all__ = ["body_of", "dingtalk_signature", "refusal_in"]

_JSON_LINES_MAX = 200
_TEXT_LINES_MAX = 20
_WECOM_BYTES_MAX = 2048
_CHAT_BYTES_MAX = 16_000  # Teams takes 28 kB, DingTalk 20 kB
_ANSWERS_ERRCODE = ("dingtalk", "wecom")


def body_of(letter: Letter, form: WebhookFormat) -> dict[str, Any]:
    """The body of the POST."""
    match form:
        case "json":
            return _generic(letter)
        case "slack":
            return {"text": _escaped_for_slack(_chat_text(letter, _CHAT_BYTES_MAX))}
        case "teams":
            return _adaptive_card(letter)
        case "dingtalk":
            return {"msgtype": "text", "text": {"content": _chat_text(letter, _CHAT_BYTES_MAX)}}
        case "wecom":
            return {"msgtype": "text", "text": {"content": _chat_text(letter, _WECOM_BYTES_MAX)}}


def refusal_in(answer: bytes, form: WebhookFormat) -> str | None:
    """Why a body that came with a 2xx is a refusal after all; None: it was taken."""
    if form not in _ANSWERS_ERRCODE:
        return None
    try:
        told = json.loads(answer)
    except ValueError:
        return "its answer is no JSON"
    if not isinstance(told, dict) or "errcode" not in told:
        return "its answer has no errcode"
    return None if told["errcode"] == 0 else f"errcode {told['errcode']}: {told.get('errmsg')}"


def dingtalk_signature(secret: str, now_ms: int) -> dict[str, str]:
    """Query parameters of a signed robot: HMAC-SHA256 of timestamp, line feed, secret under the secret; base64."""
    digest = hmac.digest(secret.encode(), f"{now_ms}\n{secret}".encode(), hashlib.sha256)
    return {"timestamp": str(now_ms), "sign": base64.b64encode(digest).decode()}


def _generic(letter: Letter) -> dict[str, Any]:
    return {
        "version": 1,
        "key": letter.key,
        "lab": letter.lab,
        "simulated": letter.simulated,
        "state": letter.state,
        "severity": letter.severity,
        "subject": letter.subject(),
        "written_unix_s": letter.written_unix_s,
        "unacknowledged": letter.unacknowledged,
        "alarms": [{**asdict(line), "state": line.state} for line in letter.lines[:_JSON_LINES_MAX]],
        "left_out": max(len(letter.lines) - _JSON_LINES_MAX, 0),
    }


def _adaptive_card(letter: Letter) -> dict[str, Any]:
    style = {"raised": "attention" if letter.severity == "critical" else "warning"}.get(letter.state, "good")
    heading = {"type": "TextBlock", "text": letter.subject(), "weight": "bolder", "color": style, "wrap": True}
    # A text block is markdown, in which one line break is none.
    text = _cut(letter.text(_TEXT_LINES_MAX), _CHAT_BYTES_MAX).replace("\n", "\n\n")
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [heading, {"type": "TextBlock", "text": text, "wrap": True}],
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _chat_text(letter: Letter, bytes_max: int) -> str:
    return _cut(f"{letter.subject()}\n{letter.text(_TEXT_LINES_MAX)}", bytes_max)


def _escaped_for_slack(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _cut(text: str, bytes_max: int) -> str:
    coded = text.encode()
    if len(coded) <= bytes_max:
        return text
    return coded[: bytes_max - 3].decode(errors="ignore") + "…"
