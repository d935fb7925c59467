"""The lab as the service sees it: absolute values, absolute paths, nothing left to interpret."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["BenchLimits", "BenchPlace", "InstrumentPlace", "Lab", "WebPlace"]


@dataclass(frozen=True, slots=True)
class InstrumentPlace:
    """One instrument: which driver speaks to which address, how often, with which options."""

    name: str
    driver: str
    """Entry point in ``cellbench.drivers``: ``neware``."""
    address: str
    poll_s: float
    lost_after_s: float
    """Silence after which the runs on this instrument are lost (unknown) and a person is told."""
    options: Mapping[str, object] = field(default_factory=dict)
    """The driver's own, in SI units; the driver refuses what it does not know."""


@dataclass(frozen=True, slots=True)
class BenchPlace:
    """Where a cell sits: a channel of an instrument, perhaps inside a chamber."""

    name: str
    instrument: str
    channel: str
    chamber: str | None = None


@dataclass(frozen=True, slots=True)
class BenchLimits:
    """Nothing in this lab ever goes beyond these, whatever a protocol says."""

    voltage_min_V: float
    voltage_max_V: float
    current_max_A: float


@dataclass(frozen=True, slots=True)
class WebPlace:
    """Where the HTTP API listens."""

    host: str = "127.0.0.1"
    port: int = 8321

    @property
    def url(self) -> str:
        """Address for clients."""
        return f"http://{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Lab:
    """Everything the lab file says."""

    name: str
    path: Path
    database_url: str
    state_dir: Path
    """For the STOP file; lock files stand beside the database. The lab file's folder unless it says otherwise."""
    clock: str
    """``system`` or ``lab://host:port`` (a virtual lab: its instruments are simulated)."""
    instruments: Mapping[str, InstrumentPlace]
    benches: Mapping[str, BenchPlace]
    limits: BenchLimits
    web: WebPlace = WebPlace()

    @property
    def simulated(self) -> bool:
        """True when time and instruments are a virtual lab's."""
        return self.clock != "system"

    def bench_of(self, instrument: str, channel: str) -> BenchPlace | None:
        """The bench at this channel, if the lab file names one."""
        for bench in self.benches.values():
            if (bench.instrument, bench.channel) == (instrument, channel):
                return bench
        return None
