"""Receivers and heartbeats as the API tells them."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection

from orchestrator.store.messages import unsent_counts
from orchestrator.store.outlets import Outlet, list_outlets
from orchestrator.web.models.messages import ReceiverAnswer

__all__ = ["outlets_now"]


def outlets_now(connection: Connection) -> list[ReceiverAnswer]:
    """All of them, receivers first."""
    waiting = unsent_counts(connection)
    found = [*list_outlets(connection, "receiver"), *list_outlets(connection, "heartbeat")]
    return [ReceiverAnswer(**asdict(one), ok=_is_well(one), waiting=waiting.get(one.name, 0)) for one in found]


def _is_well(outlet: Outlet) -> bool:
    return not outlet.failures if outlet.kind == "heartbeat" else not outlet.unreachable
