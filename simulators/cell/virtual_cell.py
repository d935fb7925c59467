"""The virtual half cell's front door."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simulators.cell.ageing import Ageing, ageing
from simulators.cell.crossing import first_crossing_s
from simulators.cell.hold import Hold
from simulators.cell.impedance import impedance_ohm_cm2
from simulators.cell.kinetics import Kinetics, kinetics
from simulators.cell.material import Material
from simulators.cell.open_circuit import open_circuit
from simulators.cell.response import Response
from simulators.cell.state import CellState, Direction

__all__ = ["VirtualCell"]

_MODES = 3
_LONG_AFTER_mAh_g = 2600.0
"""Charge that takes any cell from one end of its branches to the other."""


class VirtualCell:
    """One coin cell: a material, a mass, an area, and ``state``, where it stands now.

    All methods but the setting of ``state`` and ``temperature_degC`` are pure: they start from the state handed in.
    Positive current charges, which delithiates the host.
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
        self.temperature_degC = temperature_degC
        self.seed = seed
        self.state = CellState()
        # cells of one batch differ a little; seed 0 is the nominal cell
        spread = np.random.default_rng(seed).standard_normal(2) if seed else np.zeros(2)
        self._effective_mass_g = active_mass_g * (1 + parameters.capacity_spread * float(spread[0]))
        self._resistance_factor = 1 + parameters.resistance_spread * float(spread[1])
        self._branches = open_circuit(parameters)
        self._ages: dict[int, Ageing] = {}
        self._kinetics: dict[tuple[int, float], Kinetics] = {}
        mode = np.arange(1, _MODES + 1)
        self._mode_tau_s = parameters.diffusion_time_s / (mode * math.pi) ** 2
        self._mode_gain_s = 2 * self._mode_tau_s
        self._whole_gain_s = float(self._mode_gain_s.sum())
        self._rates = np.append(-1.0 / self._mode_tau_s, 0.0)
        """Exponents per second: the modes', and one that ``_voltage_V`` sets."""

    # ---- constant current and rest

    def under_current(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> Response:
        """Answer to a constant current, or with zero to rest, at these seconds from now."""
        entered = self.entered(state, current_A)
        return Response(
            elapsed_s=elapsed_s,
            voltage_V=self._voltage_V(entered, current_A, elapsed_s),
            current_A=np.full(elapsed_s.shape, current_A),
            charge_Ah=elapsed_s * (current_A / 3600),
            state_at=lambda after_s: self.advance(state, current_A, after_s),
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
        entered = self.entered(state, current_A)
        upward = current_A > 0 if rising is None else rising
        rate = abs(current_A) / self._effective_mass_g / 3.6  # mAh/g per s
        across_s = _LONG_AFTER_mAh_g / rate if rate else horizon_s

        def voltage(elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
            return self._voltage_V(entered, current_A, elapsed_s)

        found = first_crossing_s(voltage, voltage_V, upward, min(horizon_s, across_s))
        if found is None and across_s < horizon_s:
            return first_crossing_s(voltage, voltage_V, upward, horizon_s)
        return found

    def advance(self, state: CellState, current_A: float, duration_s: float) -> CellState:
        """Return the state after a constant current, or with zero after a rest."""
        state = self.entered(state, current_A)
        rate = current_A / self._effective_mass_g / 3.6
        moved = rate * duration_s
        lithiated = max(0.0, -moved)
        lost = self._sink(state.lithiated_mAh_g, lithiated) + lithiated * self._age(state).leak
        decay = math.exp(-abs(moved) / self.parameters.hysteresis_length_mAh_g)
        branch = 1.0 if current_A > 0 else 0.0
        surface = []
        for excess, tau_s in zip(state.diffusion_mAh_g, self._mode_tau_s.tolist(), strict=True):
            left = math.exp(-duration_s / tau_s)
            surface.append(excess * left - (1 - left) * rate * 2 * tau_s)
        return CellState(
            lithium_mAh_g=state.lithium_mAh_g - moved - lost,
            hysteresis=branch + (state.hysteresis - branch) * decay,
            diffusion_mAh_g=tuple(surface),
            lithiated_mAh_g=state.lithiated_mAh_g + lithiated,
            cycle=state.cycle,
            last_direction=state.last_direction,
        )

    # ---- constant voltage

    def hold(
        self, state: CellState, voltage_V: float, current_max_A: float, direction: Literal["charge", "discharge"]
    ) -> Hold:
        """Begin a constant voltage now; current flows one way only and never exceeds the maximum."""
        return Hold(self, state, voltage_V, current_max_A if direction == "charge" else -current_max_A)

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

    # ---- at rest

    def open_circuit_voltage(self, state: CellState) -> float:
        """Voltage after the surface has levelled out."""
        return self._branches.voltage_at_V(state.lithium_mAh_g / self._age(state).capacity, state.hysteresis)

    def impedance(self, state: CellState, frequency_Hz: NDArray[np.float64]) -> NDArray[np.complex128]:
        """Impedance in Ohm at rest, without noise."""
        growth = self._age(state).resistance * self._resistance_factor
        return impedance_ohm_cm2(self.parameters, self.temperature_degC, growth, frequency_Hz) / self.area_cm2

    # ---- what a hold needs

    def entered(self, state: CellState, current_A: float) -> CellState:
        """Return the state as a current begins: lithiation after anything else begins a cycle."""
        if current_A < 0 and state.last_direction != "lithiation":
            return self._turned(state, state.cycle + 1, "lithiation")
        if current_A > 0 and state.last_direction != "delithiation":
            return self._turned(state, state.cycle, "delithiation")
        return state

    def polarisation(self, state: CellState) -> Kinetics:
        """Overpotential at the present temperature and age."""
        key = (state.cycle, self.temperature_degC)
        if key not in self._kinetics:
            growth = self._age(state).resistance * self._resistance_factor
            self._kinetics[key] = kinetics(self.parameters, self.area_cm2, self.temperature_degC, growth)
        return self._kinetics[key]

    def surface_voltage_V(self, state: CellState) -> float:
        """Voltage without overpotential."""
        charge = (state.lithium_mAh_g + sum(state.diffusion_mAh_g)) / self._age(state).capacity
        return self._branches.voltage_at_V(charge, state.hysteresis)

    # ---- inside

    @staticmethod
    def _turned(state: CellState, cycle: int, direction: Direction) -> CellState:
        # written out: dataclasses.replace costs ten times as much, and this stands on the hot path
        return CellState(
            state.lithium_mAh_g, state.hysteresis, state.diffusion_mAh_g, state.lithiated_mAh_g, cycle, direction
        )

    def _age(self, state: CellState) -> Ageing:
        if state.cycle not in self._ages:
            self._ages[state.cycle] = ageing(self.parameters, state.cycle)
        return self._ages[state.cycle]

    def _voltage_V(self, state: CellState, current_A: float, elapsed_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Voltages of an entered state: as few array operations as there can be, since this is the hot path."""
        age = self._age(state)
        rate = current_A / self._effective_mass_g / 3.6
        kept = 1 - age.leak if current_A < 0 else 1.0
        branch = 1.0 if current_A > 0 else 0.0
        # each mode: excess exp(-t/tau) + settled (1 - exp(-t/tau)); the hysteresis decays with the charge that passes
        self._rates[_MODES] = -abs(rate) / self.parameters.hysteresis_length_mAh_g
        decay = np.exp(np.multiply.outer(self._rates, elapsed_s))
        excess = (np.array(state.diffusion_mAh_g) + rate * self._mode_gain_s) / age.capacity
        charge = excess @ decay[:_MODES]
        charge += elapsed_s * (-rate * kept / age.capacity)
        charge += (state.lithium_mAh_g - rate * self._whole_gain_s) / age.capacity
        if current_A < 0 and state.lithiated_mAh_g < self.parameters.first_discharge_mAh_g:
            charge -= self._sinks(state.lithiated_mAh_g, -rate * elapsed_s) / age.capacity
        hysteresis = branch + (state.hysteresis - branch) * decay[_MODES]
        voltage = self._branches.voltage_V(charge, hysteresis)
        voltage += self.polarisation(state).overpotential_V(current_A)
        return voltage

    def _sinks(self, before_mAh_g: float, passed_mAh_g: NDArray[np.float64]) -> NDArray[np.float64]:
        """Lithium lost to the first-cycle sink while so much more lithiation charge passes."""
        material = self.parameters
        left = material.first_discharge_mAh_g - before_mAh_g
        length = material.first_sink_length_mAh_g
        scale = material.first_sink_mAh_g / (1 - math.exp(-material.first_discharge_mAh_g / length))
        return np.asarray(
            scale * math.exp(-before_mAh_g / length) * (1 - np.exp(np.minimum(passed_mAh_g, left) / -length))
        )

    def _sink(self, before_mAh_g: float, passed_mAh_g: float) -> float:
        if before_mAh_g >= self.parameters.first_discharge_mAh_g:
            return 0.0
        return float(self._sinks(before_mAh_g, np.array([passed_mAh_g]))[0])
