"""The demo's laboratory: a virtual NEWARE cycler with eight SiO half cells, as two files to read and to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

__all__ = ["CELLS", "DemoCell", "write_lab_file", "write_virtual_lab_file"]


@dataclass(frozen=True, slots=True)
class DemoCell:
    """One cell, its bench and its channel."""

    id: str
    bench: str
    channel: str
    material: str
    active_mass_g: float
    area_cm2: float = 1.131

    @property
    def nominal_capacity_Ah(self) -> float:
        """1C = 1217 mA/g, the capacity at 0.2 A/g of the best of the three materials."""
        return self.active_mass_g * 1.217


CELLS = tuple(
    DemoCell(f"{material[-1].upper()}{number}", f"A{position}", f"27-21-1-{position}", material, active_mass_g)
    for position, (material, number, active_mass_g) in enumerate(
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


def write_virtual_lab_file(folder: Path) -> Path:
    """Write what ``cellbench lab`` runs."""
    (folder / "steps").mkdir()
    return _write(
        folder / "virtual_lab.yaml",
        {
            "virtual_lab": "demo: a NEWARE cycler with eight SiO half cells",
            "control": "127.0.0.1:0",
            "start": "2026-01-05T08:00:00+08:00",
            "speed_without_node": 600,
            "instruments": {
                "bts-1": {
                    "kind": "neware",
                    "listen": "127.0.0.1:0",
                    "devices": [{"devtype": 27, "devid": 21, "subdevices": 1, "channels": len(CELLS)}],
                    "time_zone": "Asia/Shanghai",
                    "status_lag_s": 5,
                    "paths": {"D:\\steps": "./steps"},
                    "channel": {"voltage_max_V": 5.0, "current_max_A": 0.05},
                    "cells": {cell.channel: _virtual_cell(cell, seed) for seed, cell in enumerate(CELLS, start=1)},
                }
            },
        },
    )


def _virtual_cell(cell: DemoCell, seed: int) -> dict[str, object]:
    return {"material": cell.material, "active_mass_g": cell.active_mass_g, "area_cm2": cell.area_cm2, "seed": seed}


def write_lab_file(folder: Path, control_port: int, instrument_port: int, web_port: int) -> Path:
    """Write the lab file that points the service at the virtual lab; on a bench it points at the real one."""
    return _write(
        folder / "lab.yaml",
        {
            "lab": "demo bench",
            "database": "sqlite:///cellbench.db",
            "clock": f"lab://127.0.0.1:{control_port}",
            "web": {"host": "127.0.0.1", "port": web_port},
            "instruments": {
                "bts-1": {
                    "driver": "neware",
                    "address": f"127.0.0.1:{instrument_port}",
                    "poll": "30 min",
                    "lost_after": "2 h",
                    "time_zone": "Asia/Shanghai",
                    "step_dir": "./steps",
                    "remote_step_dir": "D:\\steps",
                    "channel": {"voltage": ["-5 V", "5 V"], "current": "50 mA"},
                }
            },
            "benches": {cell.bench: {"channel": f"bts-1/{cell.channel}"} for cell in CELLS},
            "limits": {"voltage": ["-0.5 V", "5 V"], "current": "50 mA"},
        },
    )


def _write(path: Path, content: Mapping[str, object]) -> Path:
    path.write_text(yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path
