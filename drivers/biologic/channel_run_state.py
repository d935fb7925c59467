"""State and firmware of a channel as EClib counts them (A5)."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["ECLAB", "KERNEL", "NO_FIRMWARE", "PAUSED", "RUNNING", "STATES", "STOPPED", "SYNCHRONISING"]

STOPPED, RUNNING, PAUSED, SYNCHRONISING = range(4)
STATES: Mapping[int, str] = {STOPPED: "STOP", RUNNING: "RUN", PAUSED: "PAUSE", SYNCHRONISING: "SYNC"}

NO_FIRMWARE, ECLAB, KERNEL = 0, 1, 5
"""FirmwareCode: none, EC-Lab's own, the kernel that EClib needs."""
