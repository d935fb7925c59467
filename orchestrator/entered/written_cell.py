"""A cell as it was weighed and measured, with units as people write them: ``2.75 mg``; and what comes of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from protocols.kinds import AREA, CAPACITY, MASS, RATIO, VOLTAGE, Kind
from protocols.quantity import QuantityError, parse_quantity

__all__ = ["FIELDS", "WrittenCell", "read_written_cell"]

_LENGTH = Kind("length", "a length", ("cm",), "12 mm", sign="positive")
_SPECIFIC = Kind("specific capacity", "a specific capacity", ("A*h*g**-1",), "1217 mAh/g", sign="positive")
_KINDS: Mapping[str, tuple[Kind, str]] = {
    "active_mass": (MASS, "g"),
    "electrode_mass": (MASS, "g"),
    "foil_mass": (MASS, "g"),
    "active_fraction": (RATIO, "%"),
    "area": (AREA, "cm**2"),
    "diameter": (_LENGTH, "cm"),
    "capacity": (CAPACITY, "A*h"),
    "specific_capacity": (_SPECIFIC, "A*h*g**-1"),
    "window_low": (VOLTAGE, "V"),
    "window_high": (VOLTAGE, "V"),
}
FIELDS = tuple(_KINDS)
_NOT_BOTH = (
    ("active_mass", "electrode_mass", "give the active mass, or what was weighed"),
    ("area", "diameter", "give the area, or the diameter of the disc"),
    ("capacity", "specific_capacity", "give the capacity, or the specific capacity"),
)
_WEIGHED = ("electrode_mass", "foil_mass", "active_fraction")


@dataclass(slots=True)
class WrittenCell:
    """What was read. ``problems`` by field; nothing of a cell with problems should be kept."""

    properties: dict[str, float] = field(default_factory=dict)
    """Under the names of :class:`protocols.cell.Cell`."""
    steps: list[str] = field(default_factory=list)
    """The computation, one line each."""
    metadata: dict[str, str] = field(default_factory=dict)
    """What was weighed and measured for it, to be kept with the cell; each name says its unit."""
    problems: dict[str, str] = field(default_factory=dict)


def read_written_cell(written: Mapping[str, str]) -> WrittenCell:
    """Read and compute; ``written`` holds texts under the names of ``FIELDS``, empty where nothing was entered."""
    found = WrittenCell()
    given: dict[str, float] = {}
    for name, text in written.items():
        if text.strip():
            _read(name, text, given, found)
    for one, other, remedy in _NOT_BOTH:
        if one in given and other in given:
            found.problems[other] = remedy
    for compute in _COMPUTED:
        compute(given, found)
    return found


def _read(name: str, text: str, given: dict[str, float], found: WrittenCell) -> None:
    kind, unit = _KINDS[name]
    try:
        quantity = parse_quantity(text, kind)
    except QuantityError as error:
        found.problems[name] = str(error)
        return
    if quantity.unit != unit:
        found.problems[name] = f"{quantity.text} is not absolute; write {kind.phrase} such as {_absolute(kind)}"
        return
    given[name] = quantity.value


def _absolute(kind: Kind) -> str:
    return kind.examples.partition(",")[0]


def _mass(given: Mapping[str, float], found: WrittenCell) -> None:
    if "active_mass" in given:
        found.properties["active_mass_g"] = given["active_mass"]
        return
    weighed = [name for name in _WEIGHED if name in given]
    if not weighed:
        return
    for name in ("electrode_mass", "foil_mass"):
        if name not in given:
            found.problems.setdefault(name, "weigh this too, or give the active mass itself")
    if any(name in found.problems for name in _WEIGHED):
        return
    electrode_mg, foil_mg = 1e3 * given["electrode_mass"], 1e3 * given["foil_mass"]
    percent = given.get("active_fraction", 100.0)
    if percent > 100:
        found.problems["active_fraction"] = f"{percent:g} % is more than all of it"
    elif electrode_mg <= foil_mg:
        found.problems["foil_mass"] = "the foil is not lighter than the electrode"
    else:
        mass_mg = (electrode_mg - foil_mg) * percent / 100
        found.properties["active_mass_g"] = _tidy(mass_mg / 1e3)
        found.metadata |= {
            "electrode_mass_mg": f"{electrode_mg:.6g}",
            "foil_mass_mg": f"{foil_mg:.6g}",
            "active_fraction_pct": f"{percent:.6g}",
        }
        weights = f"({electrode_mg:.6g} mg − {foil_mg:.6g} mg) × {percent:.4g} %"
        found.steps.append(f"active mass = {weights} = {mass_mg:.4g} mg")


def _area(given: Mapping[str, float], found: WrittenCell) -> None:
    if "area" in given:
        found.properties["area_cm2"] = given["area"]
    elif "diameter" in given:
        diameter_mm = 10 * given["diameter"]
        area_cm2 = math.pi / 4 * given["diameter"] ** 2
        found.properties["area_cm2"] = _tidy(area_cm2)
        found.metadata["diameter_mm"] = f"{diameter_mm:.6g}"
        found.steps.append(f"area = π/4 × ({diameter_mm:.6g} mm)² = {area_cm2:.4g} cm²")


def _loading(_given: Mapping[str, float], found: WrittenCell) -> None:
    mass_g, area_cm2 = found.properties.get("active_mass_g"), found.properties.get("area_cm2")
    if mass_g is not None and area_cm2 is not None:
        loading = f"{1e3 * mass_g:.4g} mg / {area_cm2:.4g} cm² = {1e3 * mass_g / area_cm2:.4g} mg/cm²"
        found.steps.append(f"loading = {loading}")


def _capacity(given: Mapping[str, float], found: WrittenCell) -> None:
    if "capacity" in given:
        found.properties["nominal_capacity_Ah"] = given["capacity"]
    elif "specific_capacity" in given:
        mass_g = found.properties.get("active_mass_g")
        if mass_g is None:
            found.problems["specific_capacity"] = "takes the active mass"
            return
        capacity_Ah = mass_g * given["specific_capacity"]
        found.properties["nominal_capacity_Ah"] = _tidy(capacity_Ah)
        found.metadata["specific_capacity_mAh_per_g"] = f"{1e3 * given['specific_capacity']:.6g}"
        product = f"{1e3 * mass_g:.4g} mg × {1e3 * given['specific_capacity']:.6g} mAh/g"
        found.steps.append(f"nominal capacity = {product} = {1e3 * capacity_Ah:.4g} mAh")


def _one_C(_given: Mapping[str, float], found: WrittenCell) -> None:
    capacity_Ah = found.properties.get("nominal_capacity_Ah")
    if capacity_Ah is not None:
        found.steps.append(f"1C = {1e3 * capacity_Ah:.4g} mA")


def _window(given: Mapping[str, float], found: WrittenCell) -> None:
    low, high = given.get("window_low"), given.get("window_high")
    if low is not None and high is not None and low >= high:
        found.problems["window_high"] = f"{high:g} V is not above {low:g} V"
        return
    ends = {"window_min_V": low, "window_max_V": high}
    found.properties |= {name: end for name, end in ends.items() if end is not None}


def _tidy(value: float) -> float:
    """Without the last digits, in which only the arithmetic shows."""
    return float(f"{value:.10g}")


_COMPUTED: tuple[Callable[[Mapping[str, float], WrittenCell], None], ...] = (
    _mass,
    _area,
    _loading,
    _capacity,
    _one_C,
    _window,
)
