"""A spectrum with its verdict and its fit, and what has to be said about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.impedance.circuit import Circuit
from orchestrator.analysis.impedance.circuit_fit import Arc, CircuitFit, fit_circuit
from orchestrator.analysis.impedance.kramers_kronig import KramersKronig, check_kramers_kronig
from orchestrator.analysis.impedance.spectrum import Spectrum
from orchestrator.analysis.option_checks import positive, whole_number

__all__ = ["FittedSpectrum", "charge_transfer_place", "fit_spectra"]

_MISFIT_RATIO = 1.5
_SMALLEST_MISFIT = 1e-3
_LARGE_ERROR = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class FittedSpectrum:
    """Everything known about one spectrum."""

    spectrum: Spectrum
    verdict: KramersKronig
    fit: CircuitFit
    place: int
    """Which arc, by time constant from 0, is called charge transfer."""

    @property
    def charge_transfer(self) -> Arc:
        """The arc that is called charge transfer."""
        return self.fit.arcs[self.place]

    @property
    def misfit(self) -> bool:
        """Whether the circuit leaves clearly more than a Kramers-Kronig chain does, so that it is not the cell's."""
        return self.fit.rms > max(_MISFIT_RATIO * self.verdict.rms, _SMALLEST_MISFIT)

    @property
    def warnings(self) -> list[str]:
        """Assumptions that fail, one line each."""
        lines = []
        name = f"spectrum {self.spectrum.number}"
        if not self.verdict.passed:
            lines.append(f"{name} fails Kramers-Kronig: {self.verdict.reason}")
        if self.misfit:
            told = (
                f"residual {1e2 * self.fit.rms:.2g} %, {self.fit.rms / self.verdict.rms:.1f} times that of any circuit"
            )
            lines.append(f"{name}: the circuit does not describe it ({told}); try other arcs or diffusion")
        if self.fit.series_Ohm < 0 or any(arc.resistance_Ohm <= 0 for arc in self.fit.arcs):
            lines.append(f"{name}: a resistance came out negative; choose fewer arcs or another diffusion")
        arc = self.charge_transfer
        if arc.resistance_error_Ohm > _LARGE_ERROR * abs(arc.resistance_Ohm):
            lines.append(
                f"{name}: R_ct is uncertain by more than {1e2 * _LARGE_ERROR:g} %; the arcs overlap or are cut"
            )
        return lines


def fit_spectra(
    spectra: Iterable[Spectrum], circuit: Circuit, charge_transfer_arc: str | int, kk_limit_pct: float
) -> list[FittedSpectrum]:
    """Judge and fit every spectrum. Raises AnalysisError for options that mean nothing."""
    positive("kk_limit_pct", kk_limit_pct)
    place = charge_transfer_place(charge_transfer_arc, circuit.arcs)
    return [
        FittedSpectrum(one, check_kramers_kronig(one, kk_limit_pct / 1e2), fit_circuit(one, circuit), place)
        for one in spectra
    ]


def charge_transfer_place(charge_transfer_arc: str | int, arcs: int) -> int:
    """Return the arc's place by time constant, from 0: ``slowest``, or its number from 1."""
    if charge_transfer_arc == "slowest":
        return arcs - 1
    if isinstance(charge_transfer_arc, str):
        raise AnalysisError(f"charge_transfer_arc is {charge_transfer_arc!r}; it is slowest, or a number from 1")
    return whole_number("charge_transfer_arc", charge_transfer_arc, 1, arcs) - 1
