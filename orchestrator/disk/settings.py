"""What the lab file's ``disk:`` says."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DiskSettings"]


@dataclass(frozen=True, slots=True)
class DiskSettings:
    """When people are told, and when nothing more is launched. On a small disk the shares count where they are less."""

    warn_below_B: float = 10e9
    warn_below_share: float = 0.10
    refuse_below_B: float = 1e9
    refuse_below_share: float = 0.02
    warn_within_s: float = 14 * 86_400.0
    """Warn where, at the present rate, the disk is full within this."""
    spool_B: int = 16_000_000
    """Room of the spool, taken in advance."""
