"""What a virtual electrode is made of: one YAML file per material, each value with its unit and its source."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

import yaml

__all__ = ["Material", "load_material"]

_SOURCES = ("paper", "inferred", "assumed")


@dataclass(frozen=True)
class Material:
    """Parameters of one electrode material against lithium.

    Specific charges are per gram of active mass, areas geometric.
    """

    name: str
    ladder_current_A_g: tuple[float, ...]
    """Specific currents of the rate ladder, rising."""
    ladder_capacity_mAh_g: tuple[float, ...]
    """Delithiation capacities that the ladder has to give."""
    ladder_knot_mAh_g: tuple[float, ...]
    """Where the lithiation branch passes 0.01 V plus the polarisation of each current, so that the ladder comes out."""
    reference_loading_mg_cm2: float
    delithiation_charge_mAh_g: tuple[float, ...]
    delithiation_voltage_V: tuple[float, ...]
    hysteresis_length_mAh_g: float
    """Charge over which the voltage moves from one branch to the other."""
    ohmic_ohm_cm2: float
    film_ohm_cm2: float
    charge_transfer_ohm_cm2: float
    """At 25 degC, fresh."""
    activation_energy_kJ_mol: float
    diffusion_time_s: float
    first_sink_mAh_g: float
    """Lithium that the first lithiation never gives back."""
    first_sink_length_mAh_g: float
    first_discharge_mAh_g: float
    efficiency: tuple[float, ...]
    """Share of lithiation charge that stays reversible in cycles 2, 3, ...; the last holds for all that follow."""
    capacity_left_500: float
    """Active share after 500 cycles."""
    resistance_growth_500: float
    """Film and charge transfer resistance after 500 cycles, relative to fresh."""
    fade_exponent: float
    film_capacitance_F_cm2: float
    film_exponent: float
    double_layer_F_cm2: float
    double_layer_exponent: float
    warburg_ohm_cm2_s05: float
    capacity_spread: float
    """Standard deviation from cell to cell, relative; cells with seed 0 are nominal."""
    resistance_spread: float


_UNITS: dict[str, str] = {
    "ladder_current_A_g": "A/g",
    "reference_loading_mg_cm2": "mg/cm2",
    "delithiation_voltage_V": "V",
    "activation_energy_kJ_mol": "kJ/mol",
    "diffusion_time_s": "s",
    "film_capacitance_F_cm2": "F s^(a-1)/cm2",
    "double_layer_F_cm2": "F s^(a-1)/cm2",
    "warburg_ohm_cm2_s05": "ohm cm2 s^-0.5",
}


def _unit_of(field: str) -> str:
    if field in _UNITS:
        return _UNITS[field]
    if field.endswith("mAh_g"):
        return "mAh/g"
    return "ohm cm2" if field.endswith("ohm_cm2") else "1"


def _value(name: str, field: str, entry: dict[str, Any]) -> float | tuple[float, ...]:
    if entry["unit"] != _unit_of(field):
        raise ValueError(f"{name}.{field}: unit is {entry['unit']}, has to be {_unit_of(field)}")
    if not str(entry["source"]).startswith(_SOURCES):
        raise ValueError(f"{name}.{field}: source has to begin with one of {', '.join(_SOURCES)}")
    value = entry["value"]
    return tuple(float(v) for v in value) if isinstance(value, list) else float(value)


@cache
def load_material(name: str) -> Material:
    """Read ``materials/<name>.yaml``; ``name`` as in the lab file, e.g. ``sio_c_l``. Raises ValueError when unknown."""
    folder = resources.files("simulators.cell") / "materials"
    file = folder / f"{name}.yaml"
    if not name.isidentifier() or not file.is_file():
        known = sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))
        raise ValueError(f"no material {name!r}; there are {', '.join(known)}")
    entries = yaml.safe_load(file.read_text(encoding="utf-8"))["parameters"]
    wanted = {field.name for field in fields(Material)} - {"name"}
    if wanted != set(entries):
        raise ValueError(f"{name}: missing or unknown parameters {sorted(wanted ^ set(entries))}")
    values: dict[str, Any] = {key: _value(name, key, entry) for key, entry in entries.items()}
    return Material(name=name, **values)
