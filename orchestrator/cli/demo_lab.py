"""The demo's laboratory: a NEWARE cycler, a VSP-300 and a chamber, all virtual, as two files to read and to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["CELLS", "CYCLED", "EXAMINED", "WARMED", "DemoCell", "write_lab_file", "write_virtual_lab_file"]


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


CYCLED = tuple(
    DemoCell(f"{material[-1].upper()}{number}", f"A{position}", "bts-1", f"27-21-1-{position}", material, mass_g)
    for position, (material, number, mass_g) in enumerate(
        (
            ("sio_c_l", 1, 0.002753),
            ("sio_c_l", 2, 0.002741),
            ("sio_c_l", 3, 0.002768),
            ("sio_c_m", 1, 0.002749),
            ("sio_c_m", 2, 0.002757),
            ("sio_c_m", 3, 0.002735),
            ("sio_c_h", 1, 0.002762),
            ("sio_c_h", 2, 0.002750),
        ),
        start=1,
    )
)
"""Three, three and two cells of the first lab's materials, with the scatter of weighing."""

EXAMINED = tuple(
    DemoCell(f"L{number}", f"P{number - 3}", "vsp-1", str(number - 3), "sio_c_l", mass_g)
    for number, mass_g in ((4, 0.002759), (5, 0.002747), (6, 0.002755))
)
"""For voltammetry, titration and a spectrum."""

WARMED = tuple(
    DemoCell(cell_id, f"P{position}", "vsp-1", str(position), material, mass_g, chamber="oven-1")
    for position, (cell_id, material, mass_g) in enumerate(
        (("L7", "sio_c_l", 0.002751), ("M4", "sio_c_m", 0.002744), ("H3", "sio_c_h", 0.002761)), start=4
    )
)
"""One of each material, together in the chamber."""

CELLS = CYCLED + EXAMINED + WARMED


def write_virtual_lab_file(folder: Path) -> Path:
    """Write what ``cellbench lab`` runs."""
    (folder / "steps").mkdir()
    return _write(
        folder / "virtual_lab.yaml",
        {
            "virtual_lab": "demo: a NEWARE cycler, a VSP-300 and a chamber with fourteen SiO half cells",
            "control": "127.0.0.1:0",
            "start": "2026-01-05T08:00:00+08:00",
            "speed_without_node": 600,
            "instruments": {"bts-1": _virtual_neware(), "vsp-1": _virtual_vsp300(), "oven-1": _virtual_chamber()},
        },
    )


def _virtual_neware() -> dict[str, object]:
    return {
        "kind": "neware",
        "listen": "127.0.0.1:0",
        "devices": [{"devtype": 27, "devid": 21, "subdevices": 1, "channels": len(CYCLED)}],
        "time_zone": "Asia/Shanghai",
        "status_lag_s": 5,
        "paths": {"D:\\steps": "./steps"},
        "channel": {"voltage_max_V": 5.0, "current_max_A": 0.05},
        "cells": {cell.channel: _virtual_cell(cell, seed) for seed, cell in enumerate(CYCLED, start=1)},
    }


def _virtual_vsp300() -> dict[str, object]:
    there = EXAMINED + WARMED
    return {
        "kind": "vsp300",
        "listen": "127.0.0.1:0",
        "channels": [_eclib_channel(cell) for cell in there],
        "cells": {_eclib_channel(cell): _virtual_cell(cell, seed) for seed, cell in enumerate(there, start=21)},
    }


def _eclib_channel(cell: DemoCell) -> int:
    """EClib counts from 0, the driver and the instrument's front from 1."""
    return int(cell.channel) - 1


def _virtual_chamber() -> dict[str, object]:
    return {"kind": "watlow_f4t", "listen": "127.0.0.1:0", "scpi": "127.0.0.1:0", "chamber": {"seed": 31}}


def _virtual_cell(cell: DemoCell, seed: int) -> dict[str, object]:
    inside = {} if cell.chamber is None else {"chamber": cell.chamber}
    return {
        "material": cell.material,
        "active_mass_g": cell.active_mass_g,
        "area_cm2": cell.area_cm2,
        "seed": seed,
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
            "web": {"host": "127.0.0.1", "port": web_port},
            "instruments": _instruments(ports),
            "benches": {cell.bench: _bench(cell) for cell in CELLS},
            "limits": {"voltage": ["-0.5 V", "5 V"], "current": "100 mA"},
        },
    )


def _instruments(ports: Mapping[str, int]) -> dict[str, object]:
    return {
        "bts-1": {
            "driver": "neware",
            "address": f"127.0.0.1:{ports['bts-1']}",
            "poll": "30 min",
            "lost_after": "2 h",
            "time_zone": "Asia/Shanghai",
            "step_dir": "./steps",
            "remote_step_dir": "D:\\steps",
            "channel": {"voltage": ["-5 V", "5 V"], "current": "50 mA"},
        },
        "vsp-1": {
            "driver": "biologic",
            "address": f"127.0.0.1:{ports['vsp-1']}",
            "library": "simulators.biologic.eclib:VirtualEClib",
            "poll": "30 min",
            "lost_after": "2 h",
        },
        "oven-1": {
            "driver": "watlow-f4t",
            "address": f"127.0.0.1:{ports['oven-1']}",
            "temperature": ["-30 degC", "80 degC"],
            "park": "25 degC",
            "poll": "1 min",
            "lost_after": "2 h",
        },
    }


def _bench(cell: DemoCell) -> dict[str, str]:
    inside = {} if cell.chamber is None else {"chamber": cell.chamber}
    return {"channel": f"{cell.instrument}/{cell.channel}", **inside}


def _write(path: Path, content: Mapping[str, object]) -> Path:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path
