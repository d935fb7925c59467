"""What an editor follows: whether somebody has stored a newer version meanwhile."""

from __future__ import annotations

from orchestrator.protocol_versions.save import newest_of
from orchestrator.web.live.topic import Rows, Snapshot

__all__ = ["look_at_versions"]


def look_at_versions(snapshot: Snapshot, name: str) -> Rows:
    """Key ``newest``: the newest version of this name that is not the library's; none where there is none."""
    found = newest_of(snapshot.connection, name)
    if found is None or found.stored is None:
        return {}
    stored = found.stored
    who = {"version": stored.version, "created_by": stored.created_by, "created_unix_s": stored.created_unix_s}
    return {"newest": {"sha256": stored.sha256, **who}}
