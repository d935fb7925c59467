"""What the simulator's materials were set to, under the names of the report's comparison.

Only the composition root may know both sides; it hands the numbers to the page that prints them and to nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.report.paper import read_paper

__all__ = ["simulated_truth"]

_PERCENT = 100.0
_PLAIN = {
    "first_discharge_mAh_g": ("first_discharge_mAh_g", 1.0),
    "initial_efficiency_pct": ("initial_efficiency", _PERCENT),
    "mean_efficiency_of_5_pct": ("mean_efficiency_of_5", _PERCENT),
    "recovery_pct": ("recovery_at_1_A_g", _PERCENT),
    "b_value": ("b_value", 1.0),
    "surface_share_pct": ("surface_share", _PERCENT),
    "cv_diffusion_cm2_s": ("diffusion_cm2_s", 1.0),
    "activation_energy_kJ_mol": ("activation_energy_kJ_mol", 1.0),
}
"""Key of ``paper.yaml`` → target of the material's file, and the factor between their units."""


def simulated_truth() -> dict[tuple[str, str], float]:
    """By material and key of ``paper.yaml``."""
    from simulators.material_document import read_document

    return {
        (material, key): number
        for material in read_paper().materials
        for key, number in _of_material(read_document(material))
    }


def _of_material(document: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    targets, parameters = document["targets"], document["parameters"]
    for key, (target, factor) in _PLAIN.items():
        yield key, factor * float(targets[target]["value"])
    currents = parameters["ladder_current_A_g"]["value"]
    for current, capacity in zip(currents, targets["ladder_mAh_g"]["value"], strict=True):
        yield f"ladder_{current:g}_A_g", float(capacity)
    cycle = int(targets["retention_cycle"]["value"])
    yield f"retention_{cycle}_pct", _PERCENT * float(targets["retention"]["value"])
    yield "gitt_diffusion_time_s", float(parameters["diffusion_time_s"]["value"])
