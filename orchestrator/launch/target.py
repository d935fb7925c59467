"""Where a cell sits: a bench of the lab file, or ``instrument/channel``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from orchestrator.config import InstrumentPlace, Lab
from orchestrator.launch.refusal import LaunchRefused

__all__ = ["Target", "find_target"]


@dataclass(frozen=True, slots=True)
class Target:
    """A channel of an instrument of this lab, and the bench that the lab file names there."""

    instrument: InstrumentPlace
    channel: str
    bench: str | None = None
    chamber: str | None = None
    """Around the cell, where the lab file names one."""

    @property
    def channel_text(self) -> str:
        """``bts-1/27-21-1-1``."""
        return f"{self.instrument.name}/{self.channel}"

    def __str__(self) -> str:
        """``A1 (bts-1/27-21-1-1)``."""
        return f"{self.bench} ({self.channel_text})" if self.bench else self.channel_text


def find_target(lab: Lab, place: str) -> Target:
    """Resolve a bench name or ``instrument/channel``. Raises LaunchRefused, naming what the lab file has."""
    bench = lab.benches.get(place)
    if bench is not None:
        return Target(lab.instruments[bench.instrument], bench.channel, bench.name, bench.chamber)
    name, slash, channel = place.partition("/")
    if not slash:
        raise LaunchRefused(f"bench {place} is not in the lab file; {_known('bench', place, lab.benches)}")
    instrument = lab.instruments.get(name)
    if instrument is None:
        raise LaunchRefused(f"instrument {name} is not in the lab file; {_known('instrument', name, lab.instruments)}")
    if not channel:
        raise LaunchRefused(f"{place} names no channel; write {name}/CHANNEL as `cellbench channels` shows it")
    there = lab.bench_of(name, channel)
    return Target(instrument, channel, there.name if there else None, there.chamber if there else None)


def _known(kind: str, wanted: str, names: Iterable[str]) -> str:
    known = sorted(names)
    close = get_close_matches(wanted, known, 1)
    if close:
        return f"is {close[0]} meant?"
    shown = ", ".join(known[:8]) + (", …" if len(known) > 8 else "")
    return f"it has {shown}" if known else f"it has no {kind}"
