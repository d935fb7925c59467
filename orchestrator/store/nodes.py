"""Who drives which instrument: every claim gets a new epoch, which its intents carry."""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from orchestrator.store.tables import nodes
from orchestrator.store.upsert import upsert

__all__ = ["claim_instrument", "renew_claim"]


def claim_instrument(connection: Connection, instrument: str, holder: str, *, now: float) -> int:
    """Write a new holder and return its epoch, one above the last. The lock that keeps others out is not here."""
    query = select(nodes.c.epoch).where(nodes.c.instrument == instrument).with_for_update()
    epoch = (connection.scalar(query) or 0) + 1
    upsert(connection, nodes, [{"instrument": instrument, "holder": holder, "epoch": epoch, "renewed_unix_s": now}])
    return epoch


def renew_claim(connection: Connection, instrument: str, epoch: int, *, now: float) -> bool:
    """Note that the holder lives; False if somebody else has claimed the instrument since."""
    change = update(nodes).where(nodes.c.instrument == instrument, nodes.c.epoch == epoch)
    return bool(connection.execute(change.values(renewed_unix_s=now)).rowcount)
