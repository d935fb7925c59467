"""How far a spool was known, kept beside it: a test of weeks has millions of frames, and is opened in a moment.

Lost or damaged it costs time only: then the spool is read from its beginning.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["CHECKPOINT_EVERY_BYTES", "forget_checkpoint", "read_checkpoint", "write_checkpoint"]

CHECKPOINT_EVERY_BYTES = 1 << 20
"""Of the spool: what a process that goes on with it reads again at most."""
_VERSION = 1


def read_checkpoint(spool: Path) -> tuple[int, dict[str, Any]] | None:
    """Return where a whole frame ended, on disk for certain, and what was known there; None where nothing is kept.

    One that lies beyond the spool's end is of bytes that a power cut has taken, and is deleted.
    """
    try:
        kept = json.loads(_path(spool).read_text("utf-8"))
        end, known = int(kept["end"]), dict(kept["known"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        forget_checkpoint(spool)
        return None
    if kept.get("version") != _VERSION or not 0 < end <= spool.stat().st_size:
        forget_checkpoint(spool)
        return None
    return end, known


def write_checkpoint(spool: Path, end: int, known: Mapping[str, object]) -> None:
    """Keep what is known at ``end``, up to which the spool must have been synced. Raises OSError."""
    unfinished = _path(spool).with_suffix(".known.new")
    unfinished.write_text(json.dumps({"version": _VERSION, "end": end, "known": dict(known)}), "utf-8")
    unfinished.replace(_path(spool))


def forget_checkpoint(spool: Path) -> None:
    """Delete it, where there is one."""
    with suppress(FileNotFoundError):
        _path(spool).unlink()


def _path(spool: Path) -> Path:
    return spool.with_suffix(".known")
