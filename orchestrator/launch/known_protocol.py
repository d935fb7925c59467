"""The protocol that is meant: a text, a name of the library, or the hash of a version; never a file of this machine."""

from __future__ import annotations

import re
from functools import cache

from sqlalchemy import Connection

from orchestrator.launch.refusal import LaunchRefused
from orchestrator.store.protocol_files import get_protocol
from protocols.library import names
from protocols.reading import Protocol, load_shipped, parse_protocol

__all__ = ["known_protocol", "library_protocols", "protocol_by_hash"]

_HASH = re.compile("[0-9a-f]{64}")


def known_protocol(connection: Connection, name: str, source: str | None = None) -> Protocol:
    """Read ``source``, for which ``name`` stands in messages; without it, what ``name`` means.

    Raises ProtocolErrors, and LaunchRefused where there is no version of this hash.
    """
    if source is not None:
        return parse_protocol(source.removeprefix("\ufeff"), name)
    if not _HASH.fullmatch(name):
        return load_shipped(name)
    found = protocol_by_hash(connection, name)
    if found is None:
        raise LaunchRefused(f"no version of a protocol has the hash {name}; the page of protocols lists them")
    return found


def protocol_by_hash(connection: Connection, sha256: str) -> Protocol | None:
    """A stored version, else one of the library; None if there is none. Raises ProtocolErrors."""
    stored = get_protocol(connection, sha256)
    if stored is not None:
        return parse_protocol(stored.source, f"{stored.name}.yaml")
    return next((shipped for shipped in library_protocols() if shipped.sha256 == sha256), None)


@cache
def library_protocols() -> tuple[Protocol, ...]:
    """All protocols that come with cellbench, by name."""
    return tuple(load_shipped(name) for name in names())
