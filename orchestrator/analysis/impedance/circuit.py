"""The equivalent circuit: L + R0 + arcs + diffusion, split into what is linear in it and what is not.

An arc is R/(1 + (jw tau)^a), a resistance beside a constant-phase element. For given time constants and exponents the
impedance is linear in all resistances, so that only the shapes need a search (variable projection, Golub and Pereyra,
SIAM J. Numer. Anal. 10 (1973) 413).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.option_checks import one_of, whole_number

__all__ = ["Circuit", "Diffusion"]

Diffusion = Literal["warburg", "finite_space", "cpe", "none"]
"""A semi-infinite Warburg element, one that ends in a capacitance, a constant-phase element, or nothing."""

_LARGEST_ARCS = 4
_DEEP = 30.0
"""Beyond this coth is one to the last digit."""
_FLATTEST = 0.4
"""Smallest exponent of an arc; flatter is no arc any more."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Circuit:
    """Which elements there are. Shapes: ln(tau/s) of each arc, a number for each exponent, those of the tail."""

    arcs: int = 2
    diffusion: Diffusion = "warburg"
    inductance: bool = True

    def __post_init__(self) -> None:
        whole_number("arcs", self.arcs, 1, _LARGEST_ARCS)
        one_of("diffusion", self.diffusion, get_args(Diffusion))
        if not isinstance(self.inductance, bool):
            raise AnalysisError(f"inductance is {self.inductance!r}; it is true or false")

    @property
    def tail_shapes(self) -> int:
        """Shapes of the diffusion element."""
        return 1 if self.diffusion in ("finite_space", "cpe") else 0

    @property
    def parameters(self) -> int:
        """Free parameters of the whole circuit."""
        return 2 * self.arcs + self.tail_shapes + len(self.linear_names)

    @property
    def linear_names(self) -> tuple[str, ...]:
        """What the columns are multiplied with: resistances in Ohm, the inductance in H, the tail's own size."""
        arcs = tuple(f"R{place}" for place in range(1, self.arcs + 1))
        tail = () if self.diffusion == "none" else ("tail",)
        return ("R0", *arcs, *tail, *(("L",) if self.inductance else ()))

    def columns(self, shapes: Array, angular_1_s: Array) -> npt.NDArray[np.complex128]:
        """Impedance of each linear element of size one: (points, linear elements)."""
        laplace = np.asarray(1j * angular_1_s)
        parts: list[npt.NDArray[Any]] = [np.ones_like(laplace)]
        for log_time, raw in zip(shapes[: self.arcs], shapes[self.arcs : 2 * self.arcs], strict=True):
            parts.append(1 / (1 + (laplace * math.exp(log_time)) ** exponent(raw)))
        if self.diffusion != "none":
            parts.append(self._tail(shapes, laplace))
        if self.inductance:
            parts.append(laplace)
        return np.stack(parts, axis=1)

    def _tail(self, shapes: Array, laplace: npt.NDArray[Any]) -> npt.NDArray[np.complex128]:
        if self.diffusion == "cpe":
            return np.asarray(laplace ** -exponent(shapes[-1]))
        if self.diffusion == "finite_space":
            depth = np.sqrt(laplace * math.exp(shapes[-1]))
            shallow = depth.real < _DEEP
            inverse = np.ones_like(depth)
            inverse[shallow] = 1 / np.tanh(depth[shallow])
            return np.asarray(inverse / depth)
        return np.asarray((1 - 1j) / np.sqrt(laplace.imag))


def exponent(raw: float) -> float:
    """An exponent between 0.4 and 1 from a number without bounds."""
    return _FLATTEST + (1 - _FLATTEST) * (1 + math.tanh(raw)) / 2


def raw_exponent(value: float) -> float:
    """Inverse of ``exponent``."""
    return math.atanh(2 * (value - _FLATTEST) / (1 - _FLATTEST) - 1)
