"""What stands on the page of all protocols."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from sqlalchemy import Connection, func, select

from orchestrator.config import Lab
from orchestrator.launch.known_protocol import library_protocols
from orchestrator.protocol_versions.needs import Needs, able_channels, needs_of
from orchestrator.store.instruments import Channel, list_channels
from orchestrator.store.protocol_files import ProtocolFile, newest_versions
from orchestrator.store.tables import protocols
from orchestrator.web.service import Service
from protocols.errors import ProtocolErrors
from protocols.reading import Protocol, parse_protocol

__all__ = ["Able", "Entry", "Shelves", "able_of", "shelves"]

_NAMED = 6


@dataclass(frozen=True, slots=True)
class Able:
    """Channels of the lab that have what a protocol needs."""

    names: tuple[str, ...]
    """The first ones."""
    count: int
    channels: int
    """How many the lab has; 0: no instrument has told yet."""

    @property
    def more(self) -> int:
        """Able ones that are not named."""
        return self.count - len(self.names)


@dataclass(frozen=True, slots=True)
class Entry:
    """One protocol, by its newest version."""

    name: str
    path: str
    choice: str
    """As a launch takes it."""
    description: str
    needs: Needs
    able: Able
    parameters: dict[str, str] = field(default_factory=dict)
    versions: int = 0
    """Of this name that are not the library's own text."""
    newest: ProtocolFile | None = None
    """None: it is the library's."""


@dataclass(frozen=True, slots=True)
class Shelves:
    """All protocols."""

    library: tuple[Entry, ...]
    own: tuple[Entry, ...]


def able_of(lab: Lab, channels: Sequence[Channel], needs: Needs) -> Able:
    """Which channels of the lab can carry it out, as far as their instruments have told."""
    found = able_channels(lab, channels, needs)
    return Able(tuple(found[:_NAMED]), len(found), len(channels))


def shelves(service: Service, connection: Connection) -> Shelves:
    """The library, and the newest version of every name that the lab has of its own."""
    shipped = library_protocols()
    hashes = {protocol.sha256 for protocol in shipped}
    counts = _counts(connection, hashes)
    channels = list_channels(connection)
    library = tuple(_shipped(service.lab, channels, one, counts[one.name]) for one in shipped)
    names = {protocol.name for protocol in shipped}
    newest = [one for one in newest_versions(connection) if one.name not in names]
    return Shelves(library, tuple(_own(service.lab, channels, one, counts[one.name]) for one in newest))


def _counts(connection: Connection, shipped: set[str]) -> Counter[str]:
    query = select(protocols.c.name, func.count().label("versions")).where(protocols.c.sha256.not_in(shipped))
    return Counter({row.name: row.versions for row in connection.execute(query.group_by(protocols.c.name))})


def _shipped(lab: Lab, channels: Sequence[Channel], protocol: Protocol, versions: int) -> Entry:
    needs = needs_of(protocol.source, protocol.file)
    return Entry(
        name=protocol.name,
        path=f"/protocols/{protocol.name}",
        choice=protocol.name,
        description=protocol.description,
        needs=needs,
        able=able_of(lab, channels, needs),
        parameters=protocol.parameters,
        versions=versions,
    )


def _own(lab: Lab, channels: Sequence[Channel], stored: ProtocolFile, versions: int) -> Entry:
    needs = needs_of(stored.source, f"{stored.name}.yaml")
    protocol = _read(stored.source, f"{stored.name}.yaml")
    return Entry(
        name=stored.name,
        path=f"/protocols/{stored.sha256}",
        choice=stored.sha256,
        description="" if protocol is None else protocol.description,
        needs=needs,
        able=able_of(lab, channels, needs),
        parameters={} if protocol is None else protocol.parameters,
        versions=versions,
        newest=stored,
    )


@lru_cache(maxsize=512)
def _read(source: str, file: str) -> Protocol | None:
    """None: this cellbench cannot read it; ``needs.problems`` says why."""
    try:
        return parse_protocol(source, file)
    except ProtocolErrors:
        return None
