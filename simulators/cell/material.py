"""What a virtual electrode is made of: one YAML file per material, each value with its unit and its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cache
from typing import Any

from simulators.material_document import read_document

__all__ = ["Material", "load_material", "read_document"]

_SOURCES = ("paper", "inferred", "assumed")


@dataclass(frozen=True)
class Material:
    """Parameters of one electrode material against lithium.

    Specific charges are per gram of active mass, areas geometric.
    """

    name: str
    ladder_current_A_g: tuple[float, ...]
    """Specific currents of the rate ladder, rising."""
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
    """All resistances: at 25 degC, fresh."""
    activation_energy_kJ_mol: float
    """Of charge transfer, in the paper's Eq. 3."""
    ohmic_energy_kJ_mol: float
    film_energy_kJ_mol: float
    diffusion_time_s: float
    """Length squared over diffusion coefficient, at 25 degC."""
    diffusion_energy_kJ_mol: float
    first_sink_mAh_g: float
    """Lithium that the first lithiation never gives back."""
    first_sink_length_mAh_g: float
    first_discharge_mAh_g: float
    first_rise_V: float
    """How far above the lithiation branch the first lithiation begins: the first layer forms there."""
    first_rise_length_mAh_g: float
    efficiency: tuple[float, ...]
    """Share of lithiation charge that stays reversible in cycles 2, 3, ...; the last holds for all that follow."""
    capacity_left_500: float
    """Active share after 500 cycles."""
    resistance_growth_500: float
    """Film and charge transfer resistance after 500 cycles, relative to fresh."""
    fade_exponent: float
    rate_loss: float
    """Active share that cycling at 5 A/g cuts off for good, over and above the fade with cycles."""
    film_capacitance_F_cm2: float
    film_exponent: float
    double_layer_F_cm2: float
    double_layer_exponent: float
    cv_surface_F_g: float
    """Surface part of the voltammogram, at the delithiation peak."""
    cv_diffusion_A_g_s05: float
    """Diffusion part there: A/g per (V/s)^0.5."""
    cv_diffusion_breadth: float
    """How much broader the diffusion part's peaks are than the surface part's."""
    cv_delithiation_peak_V: tuple[float, ...]
    cv_delithiation_width_V: tuple[float, ...]
    cv_delithiation_weight: tuple[float, ...]
    cv_lithiation_peak_V: tuple[float, ...]
    cv_lithiation_width_V: tuple[float, ...]
    cv_lithiation_weight: tuple[float, ...]
    capacity_spread: float
    """Standard deviation from cell to cell, relative; cells with seed 0 are nominal."""
    resistance_spread: float

    def with_numbers(self, numbers: Mapping[str, float]) -> Material:
        """Return it with some of its plain numbers set otherwise. Raises ValueError for a name that is none of them."""
        plain = {field.name for field in fields(self) if isinstance(getattr(self, field.name), float)}
        if strange := sorted(numbers.keys() - plain):
            raise ValueError(f"{self.name} has no plain number {strange[0]}; it has {', '.join(sorted(plain))}")
        otherwise: dict[str, Any] = dict(numbers)
        return replace(self, **otherwise)


_UNITS = {
    "ladder_current_A_g": "A/g",
    "reference_loading_mg_cm2": "mg/cm2",
    "film_capacitance_F_cm2": "F s^(a-1)/cm2",
    "double_layer_F_cm2": "F s^(a-1)/cm2",
    "cv_surface_F_g": "F/g",
    "cv_diffusion_A_g_s05": "A/g s^0.5 V^-0.5",
}


_UNITS_BY_ENDING = {"_mAh_g": "mAh/g", "_ohm_cm2": "ohm cm2", "_kJ_mol": "kJ/mol", "_V": "V", "_s": "s"}


def _unit_of(field: str) -> str:
    by_ending = (unit for ending, unit in _UNITS_BY_ENDING.items() if field.endswith(ending))
    return _UNITS.get(field) or next(by_ending, "1")


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
    entries = read_document(name)["parameters"]
    wanted = {field.name for field in fields(Material)} - {"name"}
    if wanted != set(entries):
        raise ValueError(f"{name}: missing or unknown parameters {sorted(wanted ^ set(entries))}")
    values: dict[str, Any] = {key: _value(name, key, entry) for key, entry in entries.items()}
    return Material(name=name, **values)
