"""The demo's laboratory: a NEWARE cycler, two VSP-300 and a chamber, all virtual, as two files to read and change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path

import yaml

__all__ = [
    "CELLS",
    "CYCLED",
    "EXAMINED",
    "POLL",
    "POTENTIOSTATS",
    "RATED",
    "DemoCell",
    "write_lab_file",
    "write_virtual_lab_file",
]


@dataclass(frozen=True, slots=True)
class DemoCell:
    """One cell, its bench and its channel."""

    id: str
    bench: str
    instrument: str
    channel: str
    """As the driver names it."""
    material: str
    active_mass_g: float
    area_cm2: float = 1.131
    chamber: str | None = None

    @property
    def nominal_capacity_Ah(self) -> float:
        """1C = 1217 mA/g, the capacity at 0.2 A/g of the best of the three materials."""
        return self.active_mass_g * 1.217

    @property
    def alkali_solubility_pct(self) -> float:
        """Of its powder."""
        return _ALKALI_SOLUBILITY_pct[self.material]


_ALKALI_SOLUBILITY_pct = {"sio_c_l": 4.8, "sio_c_m": 21.7, "sio_c_h": 47.5}
"""How much of the powder an alkali dissolves: what the study sets everything beside, measured elsewhere."""
_EACH = 3
_SCATTER_mg = (0.001, -0.011, 0.016, -0.003, 0.005, -0.017, 0.010, -0.002, 0.007)
"""Of weighing; one cell after the other."""


def _cells(
    first: int, channels: Iterable[tuple[str, str, str]], each: int, chamber: str | None = None
) -> list[DemoCell]:
    """``each`` cells of every material, numbered from ``first``; ``channels``: bench, instrument, channel."""
    weighed_g = (1e-3 * (2.753 + scatter_mg) for scatter_mg in cycle(_SCATTER_mg))
    who = ((material, number) for material in _ALKALI_SOLUBILITY_pct for number in range(first, first + each))
    return [
        DemoCell(f"{material[-1].upper()}{number}", *where, material, round(mass_g, 6), chamber=chamber)
        for (material, number), where, mass_g in zip(who, channels, weighed_g, strict=False)
    ]


_SLOTS = 6
"""Channels that one VSP-300 has room for."""


def _slots(first: int) -> Iterator[tuple[str, str, str]]:
    """Channels of VSP-300s, one instrument after the other; benches are numbered from ``first``."""
    for position in count():
        number, slot = divmod(position, _SLOTS)
        yield f"P{first + position}", f"vsp-{number + 1}", str(slot + 1)


_neware = ((f"A{position}", "bts-1", f"27-21-1-{position}") for position in count(1))

CYCLED = tuple(_cells(1, _neware, _EACH))
"""For 500 cycles: directly after formation, as what is left of a cell depends on all that was done to it."""
RATED = tuple(_cells(4, _neware, _EACH))
"""For the rate ladder, and then the fast charge."""
EXAMINED = tuple(_cells(7, _slots(1), _EACH, chamber="oven-1"))
"""For a titration and voltammetry, and then impedance at stepped temperatures, together in the chamber."""

CELLS = CYCLED + RATED + EXAMINED
POTENTIOSTATS = tuple(dict.fromkeys(cell.instrument for cell in EXAMINED))


def write_virtual_lab_file(folder: Path) -> Path:
    """Write what ``cellbench lab`` runs."""
    (folder / "steps").mkdir()
    return _write(
        folder / "virtual_lab.yaml",
        {
            "virtual_lab": f"demo: a NEWARE cycler, two VSP-300 and a chamber with {len(CELLS)} SiO half cells",
            "control": "127.0.0.1:0",
            "start": "2026-01-05T08:00:00+08:00",
            "speed_without_node": 600,
            "instruments": {
                "bts-1": _virtual_neware(),
                **{name: _virtual_vsp300(name) for name in POTENTIOSTATS},
                "oven-1": _virtual_chamber(),
            },
        },
    )


def _virtual_neware() -> dict[str, object]:
    return {
        "kind": "neware",
        "listen": "127.0.0.1:0",
        "devices": [{"devtype": 27, "devid": 21, "subdevices": 1, "channels": len(_on("bts-1"))}],
        "time_zone": "Asia/Shanghai",
        "status_lag_s": 5,
        "paths": {"D:\\steps": "./steps"},
        "channel": {"voltage_max_V": 5.0, "current_max_A": 0.05},
        "cells": {cell.channel: _virtual_cell(cell) for cell in _on("bts-1")},
    }


def _virtual_vsp300(name: str) -> dict[str, object]:
    return {
        "kind": "vsp300",
        "listen": "127.0.0.1:0",
        "channels": [_eclib_channel(cell) for cell in _on(name)],
        "cells": {_eclib_channel(cell): _virtual_cell(cell) for cell in _on(name)},
    }


def _on(instrument: str) -> list[DemoCell]:
    return [cell for cell in CELLS if cell.instrument == instrument]


def _eclib_channel(cell: DemoCell) -> int:
    """EClib counts from 0, the driver and the instrument's front from 1."""
    return int(cell.channel) - 1


def _virtual_chamber() -> dict[str, object]:
    return {"kind": "watlow_f4t", "listen": "127.0.0.1:0", "scpi": "127.0.0.1:0", "chamber": {"seed": 31}}


def _virtual_cell(cell: DemoCell) -> dict[str, object]:
    inside = {} if cell.chamber is None else {"chamber": cell.chamber}
    return {
        "material": cell.material,
        "active_mass_g": cell.active_mass_g,
        "area_cm2": cell.area_cm2,
        **inside,
    }


def write_lab_file(folder: Path, control_port: int, ports: Mapping[str, int], web_port: int) -> Path:
    """Write the lab file that points the service at the virtual lab; on a bench it points at the real one."""
    return _write(
        folder / "lab.yaml",
        {
            "lab": "demo bench",
            "database": "sqlite:///cellbench.db",
            "clock": f"lab://127.0.0.1:{control_port}",
            "web": {"host": "127.0.0.1", "port": web_port, "login": "off"},
            "instruments": _instruments(ports),
            "benches": {cell.bench: _bench(cell) for cell in CELLS},
            "limits": {"voltage": ["-0.5 V", "5 V"], "current": "100 mA"},
        },
    )


POLL = "8 h"
"""Of lab time: the virtual lab's clock jumps from one look to the next, so that looks are what a demo takes."""
_PACE = {"poll": POLL, "lost_after": "24 h"}
_PATIENCE = "60 s"
"""Of real time, for one exchange: an instrument may have eight hours of a cell to work out, on a busy machine."""


def _instruments(ports: Mapping[str, int]) -> dict[str, object]:
    return {
        "bts-1": {
            "driver": "neware",
            "address": f"127.0.0.1:{ports['bts-1']}",
            **_PACE,
            "time_zone": "Asia/Shanghai",
            "step_dir": "./steps",
            "remote_step_dir": "D:\\steps",
            "channel": {"voltage": ["-5 V", "5 V"], "current": "50 mA"},
        },
        **{name: _potentiostat(ports[name]) for name in POTENTIOSTATS},
        "oven-1": {
            "driver": "watlow-f4t",
            "address": f"127.0.0.1:{ports['oven-1']}",
            "temperature": ["-30 degC", "80 degC"],
            "park": "25 degC",
            "timeout": _PATIENCE,
            **_PACE,
        },
    }


def _potentiostat(port: int) -> dict[str, object]:
    return {
        "driver": "biologic",
        "address": f"127.0.0.1:{port}",
        "library": "simulators.biologic.eclib:VirtualEClib",
        "timeout": _PATIENCE,
        **_PACE,
    }


def _bench(cell: DemoCell) -> dict[str, str]:
    inside = {} if cell.chamber is None else {"chamber": cell.chamber}
    return {"channel": f"{cell.instrument}/{cell.channel}", **inside}


def _write(path: Path, content: Mapping[str, object]) -> Path:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path
