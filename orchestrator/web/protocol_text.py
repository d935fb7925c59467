"""One version of a protocol with its text: stored, or the library's. It need not be readable by this cellbench."""

from __future__ import annotations

from sqlalchemy import Connection

from orchestrator.launch.known_protocol import library_protocols
from orchestrator.store.protocol_files import get_protocol
from orchestrator.web.models.protocol_version import VersionAnswer, VersionText
from orchestrator.web.refusal import NotFound

__all__ = ["unknown_version", "version_text"]


def version_text(connection: Connection, sha256: str) -> VersionText:
    """The version with this hash. Raises NotFound."""
    shipped = next((one for one in library_protocols() if one.sha256 == sha256), None)
    stored = get_protocol(connection, sha256)
    if stored is not None:
        line = VersionAnswer.model_validate(stored).model_dump()
        return VersionText(**line, library=shipped is not None, source=stored.source)
    if shipped is None:
        raise NotFound(unknown_version(sha256))
    return VersionText(
        sha256=sha256,
        name=shipped.name,
        version=None,
        created_unix_s=None,
        created_by=None,
        parent_sha256=None,
        note=None,
        library=True,
        source=shipped.source,
    )


def unknown_version(sha256: str) -> str:
    """What is said where there is none."""
    return f"there is no version of a protocol with the hash {sha256}, and no protocol of the library of this name"
