"""What a lab reads off voltammograms at several scan rates: b value, surface share, diffusion coefficient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulators.cell.paper_protocols import Voltammogram

__all__ = ["HOST_LITHIUM_mol_cm3", "SCAN_RATES_V_s", "ScanRateFigures", "scan_rate_figures"]

SCAN_RATES_V_s = (1e-4, 2e-4, 3e-4, 4e-4, 5e-4)
_RANDLES_SEVCIK = 2.69e5
HOST_LITHIUM_mol_cm3 = 0.024
"""The paper's Eq. 5 says lithium in the electrolyte; with 1e-3 mol/cm3 the peaks would pass a few % of the capacity."""


@dataclass(frozen=True, slots=True)
class ScanRateFigures:
    """The paper's three figures of a material."""

    b_value: float
    surface_share: float
    """At the fastest scan."""
    diffusion_cm2_s: float


def scan_rate_figures(scans: list[Voltammogram], area_cm2: float) -> ScanRateFigures:
    """Evaluate by the paper's Eq. 4 (b), Eq. 6 (share, both sweeps) and Eq. 5 (D, a line through the origin).

    Peaks are those of delithiation, as measured: with the ohmic drop in them.
    """
    rate = np.array([scan.rate_V_s for scan in scans])
    peak_A = np.array([scan.delithiation_A.max() for scan in scans])
    slope = float(peak_A @ np.sqrt(rate) / rate.sum())
    currents = np.array([np.r_[scan.lithiation_A, scan.delithiation_A] for scan in scans])
    parts = np.column_stack((rate, np.sqrt(rate)))
    (surface, _), *_ = np.linalg.lstsq(parts, currents, rcond=None)
    return ScanRateFigures(
        b_value=float(np.polyfit(np.log(rate), np.log(peak_A), 1)[0]),
        surface_share=float(np.abs(surface * rate[-1]).sum() / np.abs(currents[-1]).sum()),
        diffusion_cm2_s=(slope / (_RANDLES_SEVCIK * area_cm2 * HOST_LITHIUM_mol_cm3)) ** 2,
    )
