"""500 cycles at 2C with 400 records each: the virtual cell's time as a share of PyBaMM's single particle model's.

PyBaMM comes with the extra ``bench`` only (600 MB); without it this says so and measures nothing.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from typing import Any

import numpy as np

from simulators.cell import load_material
from simulators.cell.paper_protocols import LOWER_V, UPPER_V, FORMATION_A_g, TWO_C_A_g, reference_cell, run_cycles

CYCLES, RECORDS_PER_HALF = 500, 200
ROUNDS = 3
PARAMETERS = "OKane2022_graphite_SiOx_halfcell"
PERIOD_S = 2.3  # gives PyBaMM as many records a cycle


def measure() -> dict[str, dict[str, Any]]:
    """Interleave both and compare the medians; PyBaMM's time is that of solving, without reading anything out."""
    if importlib.util.find_spec("pybamm") is None:
        print("  left out: PyBaMM is not installed; say: pip install 'cellbench[bench]'")
        return {}
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(_virtual_cell_s())
        theirs.append(_pybamm_s())
    ratio = statistics.median(ours) / statistics.median(theirs)
    print(f"  virtual cell {statistics.median(ours):.3f} s, PyBaMM SPM {statistics.median(theirs):.3f} s")
    return {"virtual_cell_vs_pybamm_spm": {"value": ratio, "target": 0.125, "better": "lower", "unit": "ratio"}}


def _virtual_cell_s() -> float:
    cell = reference_cell(load_material("sio_c_l"))
    state = run_cycles(cell, cell.state, FORMATION_A_g)[1]
    begun = time.perf_counter()
    records = 0
    for _ in range(CYCLES):
        for sign, limit_V in ((-1.0, LOWER_V), (1.0, UPPER_V)):
            current_A = sign * TWO_C_A_g * cell.active_mass_g
            end_s = cell.time_to_voltage(state, current_A, limit_V, 1e6)
            assert end_s is not None
            response = cell.under_current(state, current_A, np.linspace(0, end_s, RECORDS_PER_HALF))
            records += len(response.voltage_V)
            state = response.state_at(end_s)
    assert records == CYCLES * 2 * RECORDS_PER_HALF
    return time.perf_counter() - begun


def _pybamm_s() -> float:
    import pybamm

    pybamm.set_logging_level("ERROR")
    cycle = (f"Discharge at 2C until {LOWER_V} V", f"Charge at 2C until {UPPER_V} V")
    simulation = pybamm.Simulation(
        pybamm.lithium_ion.SPM({"working electrode": "positive"}),
        parameter_values=pybamm.ParameterValues(PARAMETERS),
        experiment=pybamm.Experiment([cycle] * CYCLES, period=f"{PERIOD_S} seconds"),
    )
    begun = time.perf_counter()
    solution = simulation.solve(calc_esoh=False)
    passed_s = time.perf_counter() - begun
    assert len(solution.cycles) == CYCLES
    assert len(solution.t) > 0.95 * CYCLES * 2 * RECORDS_PER_HALF
    return passed_s
