"""The ``disk:`` of a lab file: how much room must be left."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.config.byte_count import byte_count
from orchestrator.config.keys import Keys, seconds
from orchestrator.disk.settings import DiskSettings
from protocols.errors import Refusal
from protocols.node import Node

__all__ = ["read_disk"]

_SPOOL_LEAST_B = 100e3


def read_disk(node: Node) -> DiskSettings:
    """Read the section. What is written counts as it is, not as a share of a small disk. Raises Refusal."""
    keys = Keys(node, "disk")
    settings = DiskSettings()
    if (warn_B := keys.optional("warn_below", byte_count)) is not None:
        settings = replace(settings, warn_below_B=warn_B, warn_below_share=1.0)
    if (refuse_B := keys.optional("refuse_below", byte_count)) is not None:
        settings = replace(settings, refuse_below_B=refuse_B, refuse_below_share=1.0)
    if (within_s := keys.optional("warn_within", seconds)) is not None:
        settings = replace(settings, warn_within_s=within_s)
    if (spool_B := keys.optional("spool", byte_count)) is not None:
        settings = replace(settings, spool_B=int(spool_B))
    keys.done()
    if settings.refuse_below_B > settings.warn_below_B:
        raise Refusal(node.place, "`refuse_below` is more than `warn_below`", "people must be told first; swap them")
    if settings.spool_B < _SPOOL_LEAST_B:
        raise Refusal(node.place, "`spool` is too small to keep anything", "write at least 100 kB")
    return settings
