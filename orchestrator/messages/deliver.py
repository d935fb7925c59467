"""One attempt to deliver one letter, by whatever way."""

from __future__ import annotations

import logging

from orchestrator.messages.by_command import send_command
from orchestrator.messages.by_email import send_email
from orchestrator.messages.by_webhook import send_webhook
from orchestrator.messages.environment import address_secrets, scrubbed
from orchestrator.messages.letter import Letter, one_line
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Command, Email, Receiver, Webhook, secrets_of

__all__ = ["deliver", "quiet_http_log"]

_REASON_MAX = 300


def deliver(receiver: Receiver, letter: Letter) -> None:
    """Deliver, within half a minute. Raises NotDelivered with one line that holds no secret. Blocks."""
    try:
        match receiver.way:
            case Email() as way:
                send_email(way, letter)
            case Webhook() as way:
                send_webhook(way, letter)
            case Command() as way:
                send_command(way, letter)
    except NotDelivered as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 - nothing that a receiver does may end the node; it is told as a failure
        reason = f"{type(error).__name__}: {error}"
    else:
        return
    reason = scrubbed(reason, secrets_of(receiver.way))
    for secret in address_secrets(getattr(receiver.way, "url", None) or ""):
        reason = reason.replace(secret, "...")
    raise NotDelivered(one_line(reason, _REASON_MAX))


def quiet_http_log() -> None:
    """Keep whole addresses out of the log: httpx writes one at every request, and webhooks' hold secrets."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
