"""Opening a node's spool."""

from __future__ import annotations

import logging
from pathlib import Path

from orchestrator.clock import Clock
from orchestrator.config import Lab
from orchestrator.config.lab import NODE
from orchestrator.spool.kinds import applied
from orchestrator.spool.spool import Spool
from orchestrator.spool.spool_file import SpoolFile
from orchestrator.store.recorder import Recorder

__all__ = ["open_spool", "spool_path"]

_LOG = logging.getLogger(__name__)


def spool_path(lab: Lab, node: str) -> Path:
    """Where a node's spool is: in the state folder, by lab file and node."""
    return lab.state_dir / f"{lab.path.stem}.{node or NODE}.spool"


def open_spool(lab: Lab, recorder: Recorder, clock: Clock) -> Spool | None:
    """Open or create it. None where that fails: the node runs on without, and says so."""
    try:
        file = SpoolFile(spool_path(lab, lab.node), lab.disk.spool_B)
    except OSError as error:
        _LOG.critical("no spool, so what the database does not take is in memory only: %s", error)
        return None
    if not file.reserved:
        _LOG.warning("%s: its room could not be taken in advance; a full disk may fill it, too", file.path)
    return Spool(file, recorder, applied(lab), clock.now)
