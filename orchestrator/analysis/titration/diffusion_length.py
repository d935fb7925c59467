"""How far lithium has to go: entered as a length, as a particle radius, or by molar volume, molar mass and surface."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.option_checks import positive
from protocols.cell import Cell

__all__ = ["DiffusionLength", "diffusion_length"]


@dataclass(frozen=True, slots=True)
class DiffusionLength:
    """In cm, with a line that says where it comes from."""

    length_cm: float
    source: str


def diffusion_length(
    cell: Cell,
    *,
    diffusion_length_um: float | None,
    particle_radius_um: float | None,
    molar_volume_cm3_per_mol: float | None,
    molar_mass_g_per_mol: float | None,
    area_cm2: float | None,
) -> DiffusionLength | None:
    """Return L: as given, R/3 of spheres, or m V_M/(M A); None where nothing is given.

    m is the cell's active mass; A (``area_cm2``) is the electrode's own surface where that is known, by default the
    cell's geometric area. Raises AnalysisError where two ways are given, or one in part.
    """
    given = {
        "diffusion_length_um": positive("diffusion_length_um", diffusion_length_um),
        "particle_radius_um": positive("particle_radius_um", particle_radius_um),
        "molar_volume_cm3_per_mol": positive("molar_volume_cm3_per_mol", molar_volume_cm3_per_mol),
    }
    ways = [name for name, number in given.items() if number is not None]
    if len(ways) > 1:
        raise AnalysisError(f"{' and '.join(ways)} are given; one of them fixes the diffusion length")
    if diffusion_length_um is not None:
        return DiffusionLength(diffusion_length_um / 1e4, f"L = {diffusion_length_um:g} um")
    if particle_radius_um is not None:
        return DiffusionLength(particle_radius_um / 3e4, f"L = R/3, spheres of R = {particle_radius_um:g} um")
    if molar_volume_cm3_per_mol is None:
        return None
    mass_g = cell.active_mass_g
    surface_cm2 = positive("area_cm2", area_cm2) or cell.area_cm2
    molar_mass = positive("molar_mass_g_per_mol", molar_mass_g_per_mol)
    if molar_mass is None or mass_g is None or surface_cm2 is None:
        raise AnalysisError(
            "molar_volume_cm3_per_mol needs molar_mass_g_per_mol, the cell's active mass, and an area_cm2"
        )
    length_cm = mass_g * molar_volume_cm3_per_mol / (molar_mass * surface_cm2)
    return DiffusionLength(length_cm, f"L = m V_M/(M A) = {1e4 * length_cm:.3g} um, A = {surface_cm2:g} cm2")
