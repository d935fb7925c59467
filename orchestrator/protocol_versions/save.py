"""Saving a version of a protocol, unless somebody else has saved one that its author has not seen."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from orchestrator.launch.known_protocol import library_protocols
from orchestrator.store.events import append_event
from orchestrator.store.protocol_files import (
    ProtocolFile,
    ProtocolVersion,
    get_protocol,
    list_versions,
    put_protocol,
    wait_for_other_savers,
)
from protocols.reading import Protocol

__all__ = ["NewerVersion", "Newest", "Saving", "newest_of", "save_version"]

_LOOKED_AT = 100
"""Versions of a name among which the newest of the lab's own is looked for."""


@dataclass(frozen=True, slots=True)
class Saving:
    """Who saves, why, and what that person knows."""

    actor: str
    note: str = ""
    parent: str | None = None
    """Hash of the version that was edited; None: it was written from nothing."""
    newest_known: str | None = None
    """Hash of the newest version that the author has seen, where that is not the parent."""


@dataclass(frozen=True, slots=True)
class Newest:
    """The newest version of a name: the lab's own, else the library's."""

    sha256: str
    stored: ProtocolVersion | None
    """None: it is the library's."""

    def __str__(self) -> str:
        """``version 3, stored by ben``, or ``the library's``."""
        if self.stored is None:
            return "the library's"
        return f"version {self.stored.version}, stored by {self.stored.created_by or 'nobody knows whom'}"


class NewerVersion(Exception):
    """There is a version that the author has not seen."""

    def __init__(self, name: str, newest: Newest) -> None:
        self.newest = newest
        remedy = f"compare, then save with newest_known {newest.sha256}, or under another name"
        super().__init__(f"{name} has a version that this one is not made from: {newest} ({newest.sha256}); {remedy}")


def newest_of(connection: Connection, name: str) -> Newest | None:
    """The newest version of this name; a launch of the library's own text makes none."""
    shipped = {protocol.sha256: protocol for protocol in library_protocols()}
    for version in list_versions(connection, name, limit=_LOOKED_AT)[0]:
        if version.sha256 not in shipped:
            return Newest(version.sha256, version)
    return next((Newest(one.sha256, None) for one in shipped.values() if one.name == name), None)


def save_version(connection: Connection, protocol: Protocol, saving: Saving, now: float) -> tuple[ProtocolFile, bool]:
    """Store a version and say so in the log; returns it, and whether it is new. The caller commits.

    Raises NewerVersion. Text that is stored already stays as it is, with who stored it.
    """
    wait_for_other_savers(connection)
    known = get_protocol(connection, protocol.sha256)
    if known is not None:
        return known, False
    newest = newest_of(connection, protocol.name)
    if newest is not None and newest.sha256 not in (saving.parent, saving.newest_known, protocol.sha256):
        raise NewerVersion(protocol.name, newest)
    put_protocol(
        connection,
        protocol.name,
        protocol.source,
        now=now,
        actor=saving.actor,
        parent=saving.parent,
        note=saving.note or None,
    )
    stored = get_protocol(connection, protocol.sha256)
    assert stored is not None  # noqa: S101 - written the statement before
    message = f"protocol {stored.name} version {stored.version} saved{': ' if saving.note else ''}{saving.note}"
    data = {"protocol": stored.name, "sha256": stored.sha256, "parent_sha256": saving.parent}
    append_event(connection, now=now, actor=saving.actor, kind="protocol", message=message, data=data)
    return stored, True
