"""Every new analysis by name, with options as a protocol writes them, and its result through JSON."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.analysis.dataset import Dataset
from orchestrator.analysis.registry import find_analysis
from orchestrator.analysis.result import AnalysisResult
from protocols.compile import compile_protocol
from protocols.reading import read_protocol
from tests.orchestrator.analysis.impedance.made_spectra import Measured, Truth, noisy
from tests.orchestrator.analysis.impedance.made_spectra import dataset_of as impedance_run
from tests.orchestrator.analysis.stored_run import CELL
from tests.orchestrator.analysis.test_dq_dv import dataset_of as cycled_run
from tests.orchestrator.analysis.test_dq_dv import records as cycled_records
from tests.orchestrator.analysis.titration.made_titration import Titration
from tests.orchestrator.analysis.titration.made_titration import dataset_of as titrated_run
from tests.orchestrator.analysis.voltammetry.made_sweeps import Part, RATES_V_s, cycle_of, sweep_records, two_parts
from tests.orchestrator.analysis.voltammetry.made_sweeps import dataset_of as swept_run


def spectra() -> Dataset:
    truth = Truth()
    measured = [
        Measured(noisy(replace(truth, transfer_Ohm=ohm, transfer_s=ohm / 600).impedance_Ohm(), 2e-4, n), degC=degC)
        for n, (degC, ohm) in enumerate([(0.0, 24.0), (25.0, 12.0), (40.0, 8.0)])
    ]
    return impedance_run(measured)


def sweeps() -> Dataset:
    parts = (Part(2.0, 0.48, 0.09), Part(2.0, 0.25, 0.09)), (Part(0.03, 0.48, 0.13), Part(0.03, 0.25, 0.13))
    made = [s for n, rate in enumerate(RATES_V_s, start=1) for s in cycle_of(two_parts(*parts), rate, n)]
    return swept_run(sweep_records(made))


def entered() -> Dataset:
    cell = replace(CELL, metadata={"raman_shift_per_cm": "15.55"})
    return cycled_run(cycled_records(1), cell=cell)


CASES: dict[str, tuple[Callable[[], Dataset], str]] = {
    "arrhenius": (spectra, "{form: ln(1/R_ct), arcs: 2, kk_limit_pct: 0.5}"),
    "dq_dv": (lambda: cycled_run(cycled_records(2)), '{cycles: "1, last", bin_mV: 4, smoothing_mV: 6.5}'),
    "drt": (spectra, "{regularisation: 0.01}"),
    "gitt": (lambda: titrated_run(Titration().records()), "{particle_radius_um: 3, skip_s: 2}"),
    "impedance_fit": (spectra, "{charge_transfer_arc: slowest, diffusion: cpe, inductance: false}"),
    "raman_stress": (entered, "{stress_per_shift_GPa_cm: 0.209}"),
    "voltammetry": (sweeps, "{concentration_mol_cm3: 0.024, cycle: last, correct_fade: true, max_scan_rate_mV_s: 0.5}"),
}

PROTOCOL = """cellbench: 1
protocol: named-analysis
limits: {{voltage: [-0.05 V, 2.0 V], current: 20 mA}}
record: {{every: 10 s}}
steps:
  - rest: 10 min
analyses: [{{{name}: {options}}}]
"""


@pytest.mark.parametrize("name", list(CASES))
def test_options_written_in_a_protocol_reach_it_and_its_result_can_be_stored(name: str, tmp_path: Path) -> None:
    make, options = CASES[name]
    file = tmp_path / "named.yaml"
    file.write_text(PROTOCOL.format(name=name, options=options))
    request = compile_protocol(read_protocol(file), CELL).analyses[0]
    analysis = find_analysis(request.name)
    analysis.check_options(request.options)
    data = make()
    result = analysis.function(data, **request.options)

    assert AnalysisResult.from_json(json.loads(json.dumps(result.to_json()))) == result
    assert result.values
    assert all(value.value is not None or value.note for value in result.values)
    assert [used.run_id for used in result.provenance] == [data.runs[0].run_id]
    assert len(data.input_sha256) == 64
