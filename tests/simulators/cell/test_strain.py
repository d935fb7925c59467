"""High currents cut off a part of the host; currents no higher than before cost nothing more."""

from simulators.cell import load_material
from simulators.cell.ageing import strained
from simulators.cell.paper_protocols import reference_cell, run_cycles


def test_strain_approaches_what_the_current_asks_for_and_never_goes_back() -> None:
    material = load_material("sio_c_m")
    strain = 0.0
    for _ in range(20):
        strain = strained(material, strain, 5.0)
    assert abs(strain - material.rate_loss) < 1e-5
    assert strained(material, strain, 0.1) == strain
    assert strained(material, strain, 50.0) < material.rate_loss * 1.001


def test_fast_cycles_cost_capacity_at_a_slow_current() -> None:
    cell = reference_cell(load_material("sio_c_m"))
    formed = run_cycles(cell, cell.state, (0.1, 0.1))[1]
    after = {
        rate: run_cycles(cell, run_cycles(cell, formed, [rate] * 5)[1], (0.1, 0.1))[0][-1].delithiation_mAh_g
        for rate in (0.1, 5.0)
    }
    assert 0.9 < after[5.0] / after[0.1] < 0.96
