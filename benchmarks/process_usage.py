"""What a process, or the whole machine, uses, as Linux tells it."""

from __future__ import annotations

import os
import resource
from pathlib import Path

__all__ = ["cpu_s", "ended_children_cpu_s", "machine_cpu_s", "memory_MB", "peak_memory_MB"]

_TICKS_PER_S = os.sysconf("SC_CLK_TCK")
_UTIME, _STIME = 11, 12  # counted behind the name in parentheses, see proc_pid_stat(5)
_IDLE, _IOWAIT, _GUEST = 3, 4, 8  # counted behind "cpu", see proc_stat(5); guest time is in user time already


def cpu_s(pid: int) -> float:
    """Seconds of processor time so far, all threads, children not."""
    behind_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(behind_name[_UTIME]) + int(behind_name[_STIME])) / _TICKS_PER_S


def peak_memory_MB(pid: int) -> float:
    """Largest resident memory ever, in 10**6 bytes."""
    return _status_MB(pid, "VmHWM")


def memory_MB(pid: int) -> float:
    """Resident memory now, in 10**6 bytes."""
    return _status_MB(pid, "VmRSS")


def _status_MB(pid: int, name: str) -> float:
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024 / 1e6


def ended_children_cpu_s() -> float:
    """Seconds of processor time of all children of this process that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def machine_cpu_s() -> float:
    """Seconds of processor time of everything on this machine so far, over all cores."""
    ticks = [int(text) for text in Path("/proc/stat").read_text().splitlines()[0].split()[1:]]
    return (sum(ticks[:_GUEST]) - ticks[_IDLE] - ticks[_IOWAIT]) / _TICKS_PER_S
