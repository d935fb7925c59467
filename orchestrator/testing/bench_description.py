"""What a virtual bench is made of, in a few words, and the two files that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from orchestrator.testing.bench_place import NEWARE, VSP300, BenchPlace

__all__ = ["BenchDescription"]

_Section = dict[str, object]
_LOCAL = "127.0.0.1"
_VSP300_CHANNELS_MAX = 16
_CHAMBER_DRIVERS = {"watlow_f4t": "watlow-f4t", "thermotron_8200": "thermotron-8200"}
_CHAMBER_OPTIONS: Mapping[str, _Section] = {
    "watlow_f4t": {"temperature": ["-30 degC", "80 degC"]},
    "thermotron_8200": {"temperature": ["-30 degC", "80 degC"], "unit": "degC"},
}


@dataclass(frozen=True)
class BenchDescription:
    """Cells by bench, on as many instruments as they need: ``bts-1``, ``vsp-1``, and each chamber that a cell names."""

    cells: Mapping[int | str, Mapping[str, object]]
    """By bench (:class:`BenchPlace`), as in the virtual lab's file: ``material``, ``active_mass_g``, …, ``chamber``."""
    poll: str = "10 min"
    chamber_poll: str | None = None
    """None: as the cyclers'."""
    lost_after: str = "1 h"
    speed_without_node: float = 600.0
    database: str = "sqlite:///cellbench.db"
    virtual: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """By instrument: more keys of its section in the virtual lab's file, such as ``board``, or a chamber's ``kind``."""
    options: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """By instrument: more keys of its section in the lab file, such as ``timeout``."""
    lab: Mapping[str, object] = field(default_factory=dict)
    """More keys of the lab file itself, such as ``interlocks``."""

    @property
    def places(self) -> dict[str, BenchPlace]:
        """All benches of the lab file, by name: every NEWARE channel up to the last with a cell, and the VSP-300's."""
        filled = [BenchPlace.named(bench) for bench in self.cells]
        last = max((place.number for place in filled if place.instrument == NEWARE), default=0)
        wanted = [BenchPlace.named(number) for number in range(1, last + 1)]
        wanted += [place for place in filled if place.instrument == VSP300]
        return {place.bench: place for place in wanted}

    def cell(self, bench: int | str) -> Mapping[str, object]:
        """The virtual cell on a bench. Raises KeyError."""
        name = BenchPlace.named(bench).bench
        return next(cell for key, cell in self.cells.items() if BenchPlace.named(key).bench == name)

    def chamber_of(self, bench: str) -> str | None:
        """Name of the chamber around a bench."""
        for key, cell in self.cells.items():
            if BenchPlace.named(key).bench == bench and "chamber" in cell:
                return str(cell["chamber"])
        return None

    @property
    def chambers(self) -> tuple[str, ...]:
        """Names of all chambers, each once."""
        return tuple(dict.fromkeys(str(cell["chamber"]) for cell in self.cells.values() if "chamber" in cell))

    # ---- the virtual lab's file

    def virtual_lab_file(self) -> _Section:
        """What ``cellbench lab`` runs; ports are any that are free."""
        instruments: dict[str, _Section] = {}
        if self._cells_on(NEWARE):
            instruments[NEWARE] = self._virtual_neware()
        if self._cells_on(VSP300):
            instruments[VSP300] = self._virtual_vsp300()
        for name in self.chambers:
            instruments[name] = {"kind": "watlow_f4t", "listen": f"{_LOCAL}:0"}
        for name, more in self.virtual.items():
            instruments[name] = {**instruments[name], **more}
        return {
            "virtual_lab": "test bench",
            "control": f"{_LOCAL}:0",
            "start": "2026-01-05T08:00:00+08:00",
            "speed_without_node": self.speed_without_node,
            "instruments": instruments,
        }

    def _virtual_neware(self) -> _Section:
        channels = sum(place.instrument == NEWARE for place in self.places.values())
        return {
            "kind": "neware",
            "listen": f"{_LOCAL}:0",
            "devices": [{"devtype": 27, "devid": 21, "subdevices": 1, "channels": channels}],
            "time_zone": "Asia/Shanghai",
            "paths": {"D:\\steps": "./steps"},
            "cells": self._cells_on(NEWARE),
        }

    def _virtual_vsp300(self) -> _Section:
        cells = self._cells_on(VSP300)
        numbers = sorted(int(channel) for channel in cells)
        return {
            "kind": "vsp300",
            "listen": f"{_LOCAL}:0",
            "slots": min(max(6, numbers[-1] + 1), _VSP300_CHANNELS_MAX),
            "channels": numbers,
            "cells": cells,
        }

    def _cells_on(self, instrument: str) -> dict[str, _Section]:
        placed = {BenchPlace.named(bench): cell for bench, cell in self.cells.items()}
        return {place.virtual_channel: dict(cell) for place, cell in placed.items() if place.instrument == instrument}

    # ---- the lab file

    def lab_file(self, control_port: int, ports: Mapping[str, int]) -> _Section:
        """What points the service at the virtual lab."""
        instruments = {name: self._instrument(name, port) for name, port in ports.items() if "." not in name}
        return {
            "lab": "test bench",
            "database": self.database,
            "clock": f"lab://{_LOCAL}:{control_port}",
            "instruments": instruments,
            "benches": {name: self._bench(place) for name, place in self.places.items()},
            "limits": {"voltage": ["-0.5 V", "5 V"], "current": "100 mA"},
            **self.lab,
            "web": {"login": "off", **cast("Mapping[str, object]", self.lab.get("web", {}))},
        }

    def _instrument(self, name: str, port: int) -> _Section:
        section: _Section = {"address": f"{_LOCAL}:{port}", "poll": self.poll, "lost_after": self.lost_after}
        if name == NEWARE:
            section |= {
                "driver": "neware",
                "timeout": "2 s",
                "time_zone": "Asia/Shanghai",
                "step_dir": "./steps",
                "remote_step_dir": "D:\\steps",
                "channel": {"voltage": ["-5 V", "5 V"], "current": "50 mA"},
            }
        elif name == VSP300:
            section |= {"driver": "biologic", "library": "simulators.biologic.eclib:VirtualEClib"}
        else:
            kind = str(self.virtual.get(name, {}).get("kind", "watlow_f4t"))
            section |= {
                "driver": _CHAMBER_DRIVERS[kind],
                **_CHAMBER_OPTIONS[kind],
                "poll": self.chamber_poll or self.poll,
            }
        return {**section, **self.options.get(name, {})}

    def _bench(self, place: BenchPlace) -> dict[str, str]:
        chamber = self.chamber_of(place.bench)
        inside = {} if chamber is None else {"chamber": chamber}
        return {"channel": f"{place.instrument}/{place.channel}", **inside}
