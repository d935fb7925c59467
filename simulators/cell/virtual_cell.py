"""The virtual half cell's front door."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import partial
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray

from simulators.cell.ageing import Ageing
from simulators.cell.crossing import first_crossing_s
from simulators.cell.diffusion import Diffusion
from simulators.cell.evolution import Evolution, branch_at
from simulators.cell.impedance import impedance_ohm_cm2
from simulators.cell.kinetics import Kinetics, kinetics, resistances
from simulators.cell.material import Material
from simulators.cell.open_circuit import open_circuit
from simulators.cell.potential_course import PotentialCourse
from simulators.cell.response import Response
from simulators.cell.state import CellState
from simulators.cell.voltammetry import Voltammetry
from simulators.cell.warmth import Warmth

__all__ = ["VirtualCell"]

_LONG_AFTER_mAh_g = 2600.0
"""Charge that takes any cell from one end of its branches to the other."""


class VirtualCell:
    """One coin cell: a material, a mass, an area, and ``state``, where it stands now.

    All methods but the setting of ``state`` and ``temperature_degC`` are pure: they start from the state handed in.
    Positive current charges, which delithiates the host. What a method returns goes on at the temperature at which it
    was asked for; to change the temperature in the middle, take the state there and ask again.
    """

    def __init__(
        self,
        parameters: Material,
        active_mass_g: float,
        area_cm2: float,
        temperature_degC: float = 25.0,
        seed: int = 0,
    ) -> None:
        if not (active_mass_g > 0 and area_cm2 > 0):
            raise ValueError("active_mass_g and area_cm2 have to be positive")
        self.parameters = parameters
        self.active_mass_g = active_mass_g
        self.area_cm2 = area_cm2
        self.seed = seed
        self.state = CellState()
        # cells of one batch differ a little; seed 0 is the nominal cell
        spread = np.random.default_rng(seed).standard_normal(2) if seed else np.zeros(2)
        self.effective_mass_g = active_mass_g * (1 + parameters.capacity_spread * float(spread[0]))
        """As its capacity shows, not as it was weighed."""
        self._resistance_factor = 1 + parameters.resistance_spread * float(spread[1])
        self._branches = open_circuit(parameters)
        self._evolution = Evolution(parameters, self.effective_mass_g)
        self._kinetics: dict[float, Kinetics] = {}
        self.temperature_degC = temperature_degC
        self.warmth: Warmth | None = None
        """What its temperature follows; None where it stays as it was set. Whoever drives the cell applies it."""

    @property
    def temperature_degC(self) -> float:
        """Of resistances and diffusion, from the next answer on; no state jumps when it is set."""
        return self._temperature_degC

    @temperature_degC.setter
    def temperature_degC(self, temperature_degC: float) -> None:
        if not temperature_degC > -273.15:
            raise ValueError(f"temperature_degC is {temperature_degC}; absolute zero is -273.15")
        self._temperature_degC = temperature_degC
        self._diffusion = Diffusion(self.parameters, temperature_degC)
        self._kinetics = {}

    def at_degC(self, unix_s: float) -> float:
        """Temperature that it has at an instant which is not in the future, felt or not."""
        return self.temperature_degC if self.warmth is None else self.warmth.at_degC(unix_s)

    def frozen(self) -> Self:
        """Return the same cell whose temperature does not follow this one's."""
        return copy.copy(self)

    # ---- constant current and rest

    def under_current(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> Response:
        """Answer to a constant current, or with zero to rest, at these seconds from now."""
        entered = self.entered(state, current_A)
        return Response(
            elapsed_s=elapsed_s,
            voltage_V=self.voltages_V(entered, current_A, elapsed_s),
            current_A=np.full(elapsed_s.shape, current_A),
            charge_Ah=elapsed_s * (current_A / 3600),
            state_at=partial(self._after, entered, current_A, self._diffusion),
        )

    def time_to_voltage(
        self,
        state: CellState,
        current_A: float,
        voltage_V: float,
        horizon_s: float,
        rising: bool | None = None,
    ) -> float | None:
        """Seconds until the voltage is at or beyond a limit; 0.0 when it already is, None when not within the horizon.

        ``rising`` False asks for a lower limit; by default the current's sign decides.
        """
        return self.time_from(self.entered(state, current_A), current_A, voltage_V, horizon_s, rising)

    def time_from(
        self,
        entered: CellState,
        current_A: float,
        voltage_V: float,
        horizon_s: float,
        rising: bool | None = None,
    ) -> float | None:
        """Return the same from a state as it is, whether or not the current would begin a cycle."""
        upward = current_A > 0 if rising is None else rising
        rate = abs(self._evolution.rate(current_A))
        across_s = _LONG_AFTER_mAh_g / rate if rate else horizon_s
        voltage = partial(self.voltages_V, entered, current_A)
        found = first_crossing_s(voltage, voltage_V, upward, min(horizon_s, across_s))
        if found is None and across_s < horizon_s:
            return first_crossing_s(voltage, voltage_V, upward, horizon_s)
        return found

    def advance(self, state: CellState, current_A: float, duration_s: float) -> CellState:
        """Return the state after a constant current, or with zero after a rest."""
        return self._after(self.entered(state, current_A), current_A, self._diffusion, duration_s)

    def advance_straight(self, state: CellState, first_A: float, last_A: float, duration_s: float) -> CellState:
        """Return the state after a current that a potential asked for, straight from one value to another."""
        return self._evolution.after_straight(state, first_A, last_A, duration_s, self._diffusion)

    # ---- prescribed potential

    def hold(
        self, state: CellState, voltage_V: float, current_max_A: float, direction: Literal["charge", "discharge"]
    ) -> PotentialCourse:
        """Begin a constant voltage now; current flows one way only and never exceeds the maximum."""
        lowest_A, highest_A = (0.0, current_max_A) if direction == "charge" else (-current_max_A, 0.0)
        return PotentialCourse(self, state, voltage_V, lowest_A=lowest_A, highest_A=highest_A)

    def under_voltage(
        self,
        state: CellState,
        voltage_V: float,
        current_max_A: float,
        direction: Literal["charge", "discharge"],
        elapsed_s: NDArray[np.float64],
    ) -> Response:
        """Answer to a constant voltage at these seconds from now.

        Where the current is at its limit, or would have to flow the other way, the voltage is not met.
        """
        return self.hold(state, voltage_V, current_max_A, direction).response(elapsed_s)

    def sweep(self, state: CellState, start_V: float, rate_V_s: float, current_max_A: float = 0.5) -> PotentialCourse:
        """Begin a potential that moves at this rate, signed; rate 0 holds it with current flowing either way."""
        return PotentialCourse(self, state, start_V, rate_V_s, lowest_A=-current_max_A, highest_A=current_max_A)

    def voltammetry(self, state: CellState, start_V: float, rate_V_s: float, before_A: float = 0.0) -> Voltammetry:
        """Begin a sweep of a voltammogram, by the separate model that has the paper's scan rate dependence.

        ``before_A`` is the current just before: that of the opposite sweep at a vertex, zero from rest.
        """
        return Voltammetry(self, state, start_V, rate_V_s, before_A)

    # ---- at rest

    def open_circuit_voltage(self, state: CellState) -> float:
        """Voltage after the surface has levelled out."""
        return self._quiet_V(state, state.lithium_mAh_g)

    def impedance(self, state: CellState, frequency_Hz: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Impedance in Ohm at rest, without noise.

        The Warburg element's resistance is tau_D times how steep the potential is, per charge: the slope of the branch,
        and, as every small excursion also turns back, half the slope at which the cell leaves a branch.
        """
        age = self.age(state)
        slope, gap = self._branches.slope_and_gap(state.lithium_mAh_g / age.capacity, state.hysteresis)
        steepness_V_g_mAh = slope / age.capacity + gap / (2 * self.parameters.hysteresis_length_mAh_g)
        coulombs_per_cm2 = 3.6 * self.effective_mass_g / self.area_cm2  # of 1 mAh/g
        diffusion_ohm_cm2 = self._diffusion.whole_s * steepness_V_g_mAh / coulombs_per_cm2
        at = resistances(self.parameters, self.temperature_degC, age.resistance * self._resistance_factor)
        per_area = impedance_ohm_cm2(self.parameters, at, diffusion_ohm_cm2, self._diffusion.whole_s, frequency_Hz)
        return per_area / self.area_cm2

    # ---- what prescribed potentials need

    def age(self, state: CellState) -> Ageing:
        """What is left of the cell in its present cycle."""
        return self._evolution.age(state)

    def entered(self, state: CellState, current_A: float) -> CellState:
        """Return the state as a current begins: lithiation after anything else begins a cycle."""
        return self._evolution.entered(state, current_A)

    def polarisation(self, state: CellState) -> Kinetics:
        """Overpotential at the present temperature and age."""
        growth = self.age(state).resistance * self._resistance_factor
        found = self._kinetics.get(growth)
        if found is None:
            found = kinetics(self.parameters, self.area_cm2, self.temperature_degC, growth)
            self._kinetics[growth] = found
        return found

    def voltage_V(self, state: CellState, current_A: float) -> float:
        """Voltage while this current flows."""
        return self.surface_voltage_V(state) + self.polarisation(state).overpotential_V(current_A)

    def brought_to(self, state: CellState, before: CellState, voltage_V: float, current_A: float) -> CellState:
        """Return a state that shows this voltage while this current flows, and else is the one at hand.

        The hysteresis goes from what it was ``before`` no further than the charge since has brought it; what is then
        left to be met, the lithium meets. The difference is booked as ``unmet_mAh_g``.
        """
        quiet_V = voltage_V - self.polarisation(state).overpotential_V(current_A)
        capacity, surface_mAh_g = self.age(state).capacity, sum(state.diffusion_mAh_g)
        rise_V = self._evolution.first_cycle.rise_V(state.lithiated_mAh_g, 0.0)
        present = (state.lithium_mAh_g + surface_mAh_g) / capacity
        charge, hysteresis = self._branches.place_of(quiet_V, present, (before.hysteresis, state.hysteresis), rise_V)
        lithium = charge * capacity - surface_mAh_g
        unmet = state.unmet_mAh_g + state.lithium_mAh_g - lithium
        branch = branch_at(hysteresis, before.branch)
        return replace(state, lithium_mAh_g=lithium, hysteresis=hysteresis, unmet_mAh_g=unmet, branch=branch)

    def surface_voltage_V(self, state: CellState) -> float:
        """Voltage without overpotential."""
        return self._quiet_V(state, state.lithium_mAh_g + sum(state.diffusion_mAh_g))

    def voltages_V(self, entered: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Voltages at these seconds of a constant current, from a state as it is."""
        charge, hysteresis = self._evolution.course(entered, current_A, elapsed_s, self._diffusion)
        voltage = self._branches.voltage_V(charge, hysteresis)
        first_cycle = self._evolution.first_cycle
        if first_cycle.goes_on(entered.lithiated_mAh_g):
            lithiated = np.maximum(-self._evolution.rate(current_A) * elapsed_s, 0.0)
            voltage += first_cycle.rises_V(entered.lithiated_mAh_g + lithiated, hysteresis)
        voltage += self.polarisation(entered).overpotential_V(current_A)
        return voltage

    # ---- inside

    def _quiet_V(self, state: CellState, charge_mAh_g: float) -> float:
        branches_V = self._branches.voltage_at_V(charge_mAh_g / self.age(state).capacity, state.hysteresis)
        return branches_V + self._evolution.first_cycle.rise_V(state.lithiated_mAh_g, state.hysteresis)

    def _after(self, entered: CellState, current_A: float, diffusion: Diffusion, duration_s: float) -> CellState:
        return self._evolution.after(entered, current_A, current_A, duration_s, diffusion)
