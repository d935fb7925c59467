"""How the state moves while current flows."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from simulators.cell.ageing import Ageing, ageing, strained
from simulators.cell.diffusion import Diffusion
from simulators.cell.first_cycle import FirstCycle
from simulators.cell.material import Material
from simulators.cell.state import CellState, Direction

__all__ = ["Evolution", "branch_at"]

_AGES_KEPT = 4096
_NEARLY = 0.25
"""Of the way between the branches: so near to one the cell is on it. What turns back before was an excursion."""


class Evolution:
    """Closed forms of one cell's state under currents; positive ones charge, which delithiates the host."""

    def __init__(self, material: Material, effective_mass_g: float) -> None:
        self._material = material
        self._mass_g = effective_mass_g
        self.first_cycle = FirstCycle(material)
        self._ages: dict[tuple[int, float], Ageing] = {}

    def age(self, state: CellState) -> Ageing:
        """What is left of the cell in its present cycle."""
        key = (state.cycle, state.strain)
        found = self._ages.get(key)
        if found is None:
            if len(self._ages) >= _AGES_KEPT:
                self._ages.clear()
            found = self._ages[key] = ageing(self._material, state.cycle, state.strain)
        return found

    def rate(self, current_A: float) -> float:
        """Specific current in mAh/g per second."""
        return current_A / self._mass_g / 3.6

    def entered(self, state: CellState, current_A: float) -> CellState:
        """Return the state as a current begins that somebody drives: lithiation after anything else begins a cycle.

        Where what came before was an excursion, it takes back what that began: no cycle is counted for a pulse.
        """
        if current_A < 0 and state.last_direction != "lithiation":
            if _branch(state) == "lithiation":
                return _turned(state, state.cycle, "lithiation", state.strain)
            return self._begun(state, current_A)
        if current_A > 0 and state.last_direction != "delithiation":
            excursion = state.last_direction == "lithiation" and _branch(state) == "delithiation"
            return _turned(state, state.cycle - 1 if excursion else state.cycle, "delithiation", state.strain)
        return state

    def after(
        self, state: CellState, first_A: float, last_A: float, duration_s: float, diffusion: Diffusion
    ) -> CellState:
        """Return an entered state after a current that went straight from first to last without changing its sign."""
        first_rate, last_rate = self.rate(first_A), self.rate(last_A)
        moved = (first_rate + last_rate) / 2 * duration_s
        lithiated = max(0.0, -moved)
        lost = lithiated * self.age(state).leak
        if lithiated:
            lost += self.first_cycle.sink_mAh_g(state.lithiated_mAh_g, lithiated)
        branch = 1.0 if moved > 0 else 0.0
        decay = math.exp(-abs(moved) / self._material.hysteresis_length_mAh_g)
        hysteresis = branch + (state.hysteresis - branch) * decay
        return CellState(
            state.lithium_mAh_g - moved - lost,
            hysteresis,
            diffusion.after(state.diffusion_mAh_g, first_rate, last_rate, duration_s),
            state.lithiated_mAh_g + lithiated,
            state.cycle,
            state.last_direction,
            state.lost_mAh_g + lost,
            state.strain,
            state.unmet_mAh_g,
            branch_at(hysteresis, state.branch),
        )

    def after_straight(
        self, state: CellState, first_A: float, last_A: float, duration_s: float, diffusion: Diffusion
    ) -> CellState:
        """Return a state after a current that went straight from first to last, even through zero.

        It is a current that a potential asks for, which turns at the slightest occasion. A cycle begins only once such
        a lithiation has come to its branch: a held potential, and a spectrum around it, age nothing.
        """
        if first_A * last_A < 0:
            until_s = duration_s * first_A / (first_A - last_A)
            state = self._drifted(state, self.after(state, first_A, 0.0, until_s, diffusion), first_A)
            first_A, duration_s = 0.0, duration_s - until_s
        return self._drifted(state, self.after(state, first_A, last_A, duration_s, diffusion), first_A or last_A)

    def _drifted(self, before: CellState, after: CellState, current_A: float) -> CellState:
        was, now = _branch(before), _branch(after)
        if now in {was, before.last_direction}:
            return after
        if now == "lithiation":
            return self._begun(after, current_A)
        return _turned(after, after.cycle, "delithiation", after.strain)

    def _begun(self, state: CellState, current_A: float) -> CellState:
        """Return the state in its next cycle."""
        strain = strained(self._material, state.strain, abs(current_A) / self._mass_g)
        return _turned(state, state.cycle + 1, "lithiation", strain)

    def course(
        self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64], diffusion: Diffusion
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Charge at the surface, per gram of what is still active, and hysteresis; of an entered state.

        As few array operations as there can be: this is the hot path.
        """
        age = self.age(state)
        rate = self.rate(current_A)
        # each mode: excess exp(-t/tau) + settled (1 - exp(-t/tau))
        decay = np.exp(np.multiply.outer(-1.0 / diffusion.tau_s, elapsed_s))
        charge = ((np.array(state.diffusion_mAh_g) + rate * diffusion.gain_s) / age.capacity) @ decay
        kept = 1 - age.leak if current_A < 0 else 1.0
        charge += elapsed_s * (-rate * kept / age.capacity)
        charge += (state.lithium_mAh_g - rate * diffusion.whole_gain_s) / age.capacity
        if current_A < 0 and self.first_cycle.goes_on(state.lithiated_mAh_g):
            charge -= self.first_cycle.sinks_mAh_g(state.lithiated_mAh_g, -rate * elapsed_s) / age.capacity
        # the hysteresis decays with the charge that passes
        hysteresis = np.exp(elapsed_s * (-abs(rate) / self._material.hysteresis_length_mAh_g))
        branch = 1.0 if current_A > 0 else 0.0
        hysteresis *= state.hysteresis - branch
        hysteresis += branch
        return charge, hysteresis


def branch_at(hysteresis: float, before: Direction) -> Direction:
    """Return the branch that a cell is on, or was on last."""
    if hysteresis < _NEARLY:
        return "lithiation"
    return "delithiation" if hysteresis > 1 - _NEARLY else before


def _branch(state: CellState) -> Direction:
    return branch_at(state.hysteresis, state.branch)


def _turned(state: CellState, cycle: int, direction: Direction, strain: float) -> CellState:
    # written out: dataclasses.replace costs ten times as much, and this stands on the hot path
    return CellState(
        state.lithium_mAh_g,
        state.hysteresis,
        state.diffusion_mAh_g,
        state.lithiated_mAh_g,
        cycle,
        direction,
        state.lost_mAh_g,
        strain,
        state.unmet_mAh_g,
        state.branch,
    )
