"""What a lab file says about messages: ``mail:``, ``alarms:`` and ``heartbeat:``, read together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from orchestrator.config.alarms_section import read_receivers
from orchestrator.config.heartbeat_section import read_heartbeats
from orchestrator.config.keys import Keys
from orchestrator.config.mail_section import read_mail
from orchestrator.messages.heartbeat.output import Heartbeat
from orchestrator.messages.receiver import Command, MailServer, Receiver, secrets_of

__all__ = ["read_messages"]

T = TypeVar("T", Receiver, Heartbeat)


def read_messages(keys: Keys, folder: Path) -> tuple[tuple[Receiver, ...], tuple[Heartbeat, ...]]:
    """Who is told of alarms, and where heartbeats go; commands among them see nobody's secrets. Raises Refusal."""
    mail = keys.optional("mail", lambda node: read_mail(node, folder)) or MailServer()
    receivers = keys.optional("alarms", lambda node: read_receivers(node, mail, folder)) or ()
    heartbeats = keys.optional("heartbeat", lambda node: read_heartbeats(node, folder)) or ()
    ways = (*(one.way for one in receivers), *(one.way for one in heartbeats))
    secrets = tuple(sorted({name for way in ways for name in secrets_of(way)}))
    return tuple(_without(receivers, secrets)), tuple(_without(heartbeats, secrets))


def _without(all_of_them: Iterable[T], secrets: tuple[str, ...]) -> Iterable[T]:
    for one in all_of_them:
        yield replace(one, way=replace(one.way, hidden=secrets)) if isinstance(one.way, Command) else one
