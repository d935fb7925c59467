"""The lab as the service sees it: absolute values, absolute paths, nothing left to interpret."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.backup.schedule import BackupSchedule
from orchestrator.disk.settings import DiskSettings
from orchestrator.interlocks.rule import Rule
from orchestrator.messages.heartbeat.output import Heartbeat
from orchestrator.messages.receiver import Receiver

__all__ = ["NODE", "BenchLimits", "BenchPlace", "ChamberPlace", "InstrumentPlace", "Lab", "WebPlace"]


NODE = "node"
"""What the node of a lab is called that names none."""


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
    node: str = ""
    """Which node drives it, where the lab has several."""


@dataclass(frozen=True, slots=True)
class ChamberPlace:
    """One temperature chamber: where it is, how far it may be set, and what becomes of it when nobody needs it."""

    name: str
    driver: str
    """Entry point in ``cellbench.chambers``: ``watlow-f4t``."""
    address: str
    poll_s: float
    """While nobody waits for a temperature; a run that waits is looked after more often."""
    lost_after_s: float
    """Silence after which a person is told, where any run is in the chamber."""
    temperature_degC: tuple[float, float] | None = None
    """Lowest and highest set point that the lab allows; None: as far as the chamber's own limits."""
    park_degC: float | None = None
    """Where a chamber goes that was used and is free again; None: it stays as it is."""
    patience_s: float = 7200.0
    """How long the others of a batch wait for a run that is held up (paused, lost, waiting for a person)."""
    options: Mapping[str, object] = field(default_factory=dict)
    """The driver's own, with ``temperature``; the driver refuses what it does not know."""
    node: str = ""
    """Which node drives it, where the lab has several."""


@dataclass(frozen=True, slots=True)
class BenchPlace:
    """Where a cell sits: a channel of an instrument, perhaps inside a chamber."""

    name: str
    instrument: str
    channel: str
    chamber: str | None = None
    temperature: str | None = None
    """Source of the cell's temperature: ``channel``, ``chamber``, or INSTRUMENT/CHANNEL; None: nobody tells it."""


@dataclass(frozen=True, slots=True)
class BenchLimits:
    """Nothing in this lab ever goes beyond these, whatever a protocol says."""

    voltage_min_V: float
    voltage_max_V: float
    current_max_A: float


@dataclass(frozen=True, slots=True)
class WebPlace:
    """Where the HTTP API listens, and who may ask."""

    host: str = "127.0.0.1"
    port: int = 8321
    login: bool = True
    """False: whoever is at this computer may do everything; for the loopback only."""
    names: tuple[str, ...] = ()
    """Host names under which people reach it from elsewhere; under any other it does not answer."""
    proxies: tuple[str, ...] = ("127.0.0.1",)
    """Addresses whose word on the caller's address and on https is taken: the reverse proxy's."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this computer can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

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
    """Cyclers."""
    benches: Mapping[str, BenchPlace]
    limits: BenchLimits
    web: WebPlace = WebPlace()
    chambers: Mapping[str, ChamberPlace] = field(default_factory=dict)
    """They stand among the instruments of the lab file, and share their names with nobody."""
    interlocks: tuple[Rule, ...] = ()
    """The lab file's own; the built-in ones stand in :mod:`orchestrator.interlocks.built_in`."""
    receivers: tuple[Receiver, ...] = ()
    """Who is told of alarms."""
    heartbeats: tuple[Heartbeat, ...] = ()
    disk: DiskSettings = field(default_factory=DiskSettings)
    """How much room must be left."""
    backup: BackupSchedule | None = None
    """None: nobody copies the database but who asks for it."""
    node: str = ""
    """Which of the lab's nodes this process is; empty where the lab has one, and in every process that is none."""

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the lab's nodes, in the order of the lab file; none where one node drives everything."""
        return tuple(dict.fromkeys(place.node for place in self.places if place.node))

    @property
    def driven(self) -> tuple[str, ...]:
        """Cyclers and chambers that this node drives."""
        return tuple(place.name for place in self.places if place.node == self.node)

    @property
    def places(self) -> tuple[InstrumentPlace | ChamberPlace, ...]:
        """Cyclers, then chambers."""
        return (*self.instruments.values(), *self.chambers.values())

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

    def benches_in(self, chamber: str) -> tuple[BenchPlace, ...]:
        """The benches inside a chamber."""
        return tuple(bench for bench in self.benches.values() if bench.chamber == chamber)
