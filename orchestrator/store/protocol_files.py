"""Protocol files by the hash of their bytes: what was launched can always be read again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, select

from orchestrator.store.tables import protocols
from orchestrator.store.upsert import upsert

__all__ = ["ProtocolFile", "get_protocol", "list_protocols", "put_protocol"]


@dataclass(frozen=True, slots=True)
class ProtocolFile:
    """One version of one protocol file."""

    sha256: str
    name: str
    source: str
    created_unix_s: float


def put_protocol(connection: Connection, *, name: str, source: str, now: float) -> str:
    """Store a file's text unless it is there; return the SHA-256 of its UTF-8 bytes."""
    sha256 = hashlib.sha256(source.encode()).hexdigest()
    row = {"sha256": sha256, "name": name, "source": source, "created_unix_s": now}
    upsert(connection, protocols, [row], keep=["name", "source", "created_unix_s"])
    return sha256


def get_protocol(connection: Connection, sha256: str) -> ProtocolFile | None:
    """Return the file with this hash, None if there is none."""
    row = connection.execute(select(protocols).where(protocols.c.sha256 == sha256)).one_or_none()
    return None if row is None else ProtocolFile(*row)


def list_protocols(connection: Connection) -> list[ProtocolFile]:
    """All files, newest first."""
    return [
        ProtocolFile(*row) for row in connection.execute(select(protocols).order_by(protocols.c.created_unix_s.desc()))
    ]
