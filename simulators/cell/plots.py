"""``python -m simulators.cell.plots [FOLDER]``: each material's curves, for an electrochemist to look at.

Needs matplotlib (extra ``dev``). The pictures stand in ``docs/explanation/virtual-cell/``.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulators.cell.calibrate import MATERIALS
from simulators.cell.material import load_material
from simulators.cell.paper_protocols import (
    LOWER_V,
    UPPER_V,
    FORMATION_A_g,
    TWO_C_A_g,
    reference_cell,
    run_cycles,
    run_formation_and_ladder,
    run_voltammetry,
)
from simulators.cell.scan_rate_figures import SCAN_RATES_V_s
from simulators.cell.state import CellState
from simulators.cell.virtual_cell import VirtualCell

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["main"]

_FOLDER = Path(__file__).parents[2] / "docs" / "explanation" / "virtual-cell"
_LABELS = {"sio_c_l": "SiO@C-l", "sio_c_m": "SiO@C-m", "sio_c_h": "SiO@C-h"}
_POINTS = 800


def main(folder: Path = _FOLDER) -> None:
    """Draw a row of one plot a material for each kind of curve."""
    import matplotlib as mpl  # noqa: PLC0415 - only here, and only for developers

    mpl.use("agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    for name, draw in _PICTURES.items():
        figure, axes = plt.subplots(1, len(MATERIALS), figsize=(12, 3.9), layout="constrained")
        for axis, material in zip(axes, MATERIALS, strict=True):
            axis.set_title(_LABELS[material], fontsize=10)
            draw(axis, reference_cell(load_material(material)))
            axis.grid(visible=True, linewidth=0.3)
            axis.legend(fontsize=7, frameon=False)
        figure.savefig(folder / f"{name}.png", dpi=80, metadata={"Software": None})
        plt.close(figure)
        sys.stdout.write(f"{name}.png\n")


def _first_cycles(axis: Axes, cell: VirtualCell) -> None:
    state = cell.state
    for cycle, style in ((1, "C3"), (2, "C0")):
        state = _draw_cycle(axis, cell, state, FORMATION_A_g[0], style, f"cycle {cycle}, 0.1 A/g")
    _cycle_axes(axis)


def _rates(axis: Axes, cell: VirtualCell) -> None:
    state = run_cycles(cell, cell.state, FORMATION_A_g)[1]
    for index, rate in enumerate((0.1, 0.5, 1.0, 2.0, 5.0)):
        state = _draw_cycle(axis, cell, state, rate, f"C{index}", f"{rate:g} A/g")
    _cycle_axes(axis)


def _cycle_axes(axis: Axes) -> None:
    axis.set(xlabel="mAh/g", ylabel="V vs Li/Li⁺", ylim=(-0.02, 1.6), xlim=(-20, 1950))


def _draw_cycle(axis: Axes, cell: VirtualCell, state: CellState, rate: float, style: str, label: str) -> CellState:
    for sign, limit_V, name in ((-1.0, LOWER_V, label), (1.0, UPPER_V, None)):
        current_A = sign * rate * cell.active_mass_g
        end_s = cell.time_to_voltage(state, current_A, limit_V, 1e6) or 0.0
        # closer together at both ends, where voltages run steep
        response = cell.under_current(state, current_A, (1 - np.cos(np.linspace(0, np.pi, _POINTS))) / 2 * end_s)
        axis.plot(rate / 3.6 * response.elapsed_s, response.voltage_V, style, linewidth=1, label=name)
        state = response.state_at(end_s)
    return state


def _hysteresis(axis: Axes, cell: VirtualCell) -> None:
    """GITT: pulses and rests, and the open-circuit voltage after each rest."""
    state = run_cycles(cell, cell.state, FORMATION_A_g)[1]
    elapsed_s, rest_s = np.linspace(0, 1800, 60), np.linspace(0, 7200, 60)
    for sign, name in ((-1.0, "lithiation"), (1.0, "delithiation")):
        style = "C0" if sign < 0 else "C3"
        rested = []
        while True:
            current_A = sign * 0.1 * cell.active_mass_g
            pulse = cell.under_current(state, current_A, elapsed_s)
            if (pulse.voltage_V <= LOWER_V).any() or (pulse.voltage_V >= UPPER_V).any():
                break
            charge = state.lithium_mAh_g - 0.1 / 3.6 * elapsed_s * sign
            axis.plot(charge, pulse.voltage_V, style, linewidth=0.5)
            state = cell.advance(pulse.state_at(1800.0), 0.0, float(rest_s[-1]))
            rested.append((state.lithium_mAh_g, cell.open_circuit_voltage(state)))
        axis.plot(*np.array(rested).T, style + "o", markersize=2.5, label=f"after 2 h rest, {name}")
    axis.set(xlabel="lithium in the host, mAh/g", ylabel="V vs Li/Li⁺", ylim=(0, 1.6))


def _nyquist(axis: Axes, cell: VirtualCell) -> None:
    formed = run_cycles(cell, cell.state, FORMATION_A_g)[1]
    half = cell.advance(formed, -0.1 * cell.active_mass_g, 18e3)
    rested = cell.advance(half, 0.0, 7200)
    frequency_Hz = np.logspace(5, -1, 61)
    reach_ohm = []
    for index, temperature_degC in enumerate((0.0, 10.0, 25.0, 40.0)):
        cell.temperature_degC = temperature_degC
        ohm = cell.impedance(rested, frequency_Hz)
        reach_ohm.append(float(ohm.real.max()))
        axis.plot(ohm.real, -ohm.imag, f"C{index}.-", linewidth=0.8, markersize=3, label=f"{temperature_degC:g} °C")
    widest = 1.05 * max(reach_ohm)
    axis.set(xlabel="Re Z, Ω", ylabel="−Im Z, Ω", xlim=(0, widest), ylim=(0, 0.8 * widest), box_aspect=0.8)


def _voltammograms(axis: Axes, cell: VirtualCell) -> None:
    cell.state = run_cycles(cell, cell.state, FORMATION_A_g)[1]
    for index, scan in enumerate(run_voltammetry(cell, SCAN_RATES_V_s)):
        loop_V = np.r_[scan.voltage_V, scan.voltage_V[::-1]]
        loop_A = np.r_[scan.lithiation_A, scan.delithiation_A[::-1]] / cell.active_mass_g
        axis.plot(loop_V, loop_A, f"C{index}", linewidth=1, label=f"{scan.rate_V_s * 1e3:g} mV/s")
    axis.set(xlabel="V vs Li/Li⁺", ylabel="A/g")


def _ladder_and_fade(axis: Axes, cell: VirtualCell) -> None:
    points = run_formation_and_ladder(cell.parameters)
    axis.plot(range(1, len(points) + 1), [p.delithiation_mAh_g for p in points], "C0.", markersize=3, label="ladder")
    cycles, _ = run_cycles(cell, cell.state, [*FORMATION_A_g, *[TWO_C_A_g] * 500])
    axis.plot(
        range(1, len(cycles) + 1),
        [p.delithiation_mAh_g for p in cycles],
        "C3",
        linewidth=1,
        label="formation, 500 at 2C",
    )
    axis.set(xlabel="cycle", ylabel="delithiation, mAh/g", ylim=(0, 1450), xlim=(0, 510))


_PICTURES: dict[str, Callable[[Axes, VirtualCell], None]] = {
    "first-cycles": _first_cycles,
    "rates": _rates,
    "hysteresis": _hysteresis,
    "impedance": _nyquist,
    "voltammograms": _voltammograms,
    "ladder-and-fade": _ladder_and_fade,
}


if __name__ == "__main__":
    main(*[Path(argument) for argument in sys.argv[1:2]])
