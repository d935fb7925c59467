"""Protocol files by the hash of their bytes: what was launched or saved can always be read again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy import text as sql

from orchestrator.store.tables import protocols
from orchestrator.store.upsert import upsert

__all__ = [
    "ProtocolFile",
    "ProtocolVersion",
    "get_protocol",
    "hash_of",
    "list_protocols",
    "list_versions",
    "newest_versions",
    "put_protocol",
    "wait_for_other_savers",
]


@dataclass(frozen=True, slots=True)
class ProtocolVersion:
    """One version of one protocol file, without its text."""

    sha256: str
    name: str
    created_unix_s: float
    version: int
    """The how many-th of its name, from 1."""
    created_by: str | None
    """None: from a time when nobody noted it."""
    parent_sha256: str | None
    note: str | None


@dataclass(frozen=True, slots=True)
class ProtocolFile(ProtocolVersion):
    """One version with its text."""

    source: str


_LINE = tuple(protocols.c[name] for name in ProtocolVersion.__dataclass_fields__)
_WHOLE = (*_LINE, protocols.c.source)
_NEWEST_FIRST = (protocols.c.version.desc(), protocols.c.created_unix_s.desc(), protocols.c.sha256)


def hash_of(source: str) -> str:
    """The SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(source.encode()).hexdigest()


def put_protocol(
    connection: Connection,
    name: str,
    source: str,
    *,
    now: float,
    actor: str | None = None,
    parent: str | None = None,
    note: str | None = None,
) -> str:
    """Store a file's text unless it is there, as the next version of its name; return its hash."""
    sha256 = hash_of(source)
    count = func.coalesce(func.max(protocols.c.version), 0)
    row = {
        "sha256": sha256,
        "name": name,
        "source": source,
        "created_unix_s": now,
        "version": connection.execute(select(count).where(protocols.c.name == name)).scalar_one() + 1,
        "created_by": actor,
        "parent_sha256": parent,
        "note": note,
    }
    upsert(connection, protocols, [row], keep=[key for key in row if key != "sha256"])
    return sha256


def get_protocol(connection: Connection, sha256: str) -> ProtocolFile | None:
    """Return the file with this hash, None if there is none."""
    row = connection.execute(select(*_WHOLE).where(protocols.c.sha256 == sha256)).one_or_none()
    return None if row is None else ProtocolFile(*row)


def list_protocols(connection: Connection) -> list[ProtocolFile]:
    """All files, newest first."""
    query = select(*_WHOLE).order_by(protocols.c.created_unix_s.desc())
    return [ProtocolFile(*row) for row in connection.execute(query)]


def list_versions(
    connection: Connection, name: str | None = None, *, limit: int = 100, offset: int = 0
) -> tuple[list[ProtocolVersion], int]:
    """A page of versions, of one name or of all, newest first, and how many there are in all."""
    conditions = [] if name is None else [protocols.c.name == name]
    total = connection.execute(select(func.count()).select_from(protocols).where(*conditions)).scalar_one()
    order = _NEWEST_FIRST if name is not None else (protocols.c.created_unix_s.desc(), *_NEWEST_FIRST)
    page = select(*_LINE).where(*conditions).order_by(*order).limit(limit).offset(offset)
    return [ProtocolVersion(*row) for row in connection.execute(page)], total


def newest_versions(connection: Connection) -> list[ProtocolFile]:
    """The newest version of every name, by name."""
    order = (protocols.c.name, *_NEWEST_FIRST)
    place = func.row_number().over(partition_by=protocols.c.name, order_by=_NEWEST_FIRST).label("place")
    ranked = select(protocols.c.sha256, place).subquery()
    query = select(*_WHOLE).join(ranked, ranked.c.sha256 == protocols.c.sha256)
    return [ProtocolFile(*row) for row in connection.execute(query.where(ranked.c.place == 1).order_by(*order))]


def wait_for_other_savers(connection: Connection) -> None:
    """Nobody else stores a version before this transaction ends: on SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sql("LOCK TABLE protocols IN SHARE ROW EXCLUSIVE MODE"))
