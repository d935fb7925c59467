"""The plugin's fixture: a mixed lab from a few words, runs with their data and results, faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.launch import LaunchRefused
from orchestrator.testing.virtual_lab import VirtualLab
from protocols.errors import ProtocolErrors

HEAD = """\
cellbench: 1
protocol: mine
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 10C, temperature: [-30 degC, 70 degC]}
record: {every: 10 s, voltage_change: 5 mV}
steps:
"""
CYCLE = "  - discharge: {current: 2C, until: {voltage: 0.01 V}}\n  - charge: {current: 2C, until: {voltage: 1.5 V}}\n"
SPECTRUM = "  - impedance: {potentiostatic: 10 mV peak, from: 100 kHz, to: 1 Hz, per_decade: 5}\n"
WARM = "  - temperature: {to: 35 degC, within: 0.5 K, soak: 10 min, give_up_after: 8 h}\n"


def protocol(folder: Path, steps: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(HEAD + steps, encoding="utf-8")
    return path


def test_two_cyclers_and_a_chamber(virtual_lab: VirtualLab, tmp_path: Path) -> None:
    virtual_lab.add_cell("L1", bench="A1")
    virtual_lab.add_cell("V1", bench="P2", chamber="oven-1", seed=3)
    cycling = virtual_lab.launch(protocol(tmp_path, CYCLE), "L1")
    run = virtual_lab.run(protocol(tmp_path, WARM + SPECTRUM), "V1")
    assert run.state == "completed", run.reason
    assert len(run.spectra) == 26
    assert (run.spectra["z_imag_Ohm"] < 0).any()
    assert virtual_lab.control.cells()["vsp-1"]["1"]["temperature_degC"] > 30.0
    cycled = virtual_lab.finish(cycling)
    assert cycled.state == "completed", cycled.reason
    assert cycled.cycles["discharge_capacity_Ah"].item() > cycled.cycles["charge_capacity_Ah"].item() > 0
    assert cycled.spectra.empty
    assert run.alarms == cycled.alarms == ()


def test_a_library_protocol_with_its_analysis(virtual_lab: VirtualLab) -> None:
    virtual_lab.add_cell("V1", bench="P1")
    run = virtual_lab.run("impedance", relaxation="10 min")
    assert run.state == "completed", run.reason
    assert set(run.results) | set(run.analysis_errors) == {"impedance_fit"}
    assert run.analysis_errors == {}


def test_a_lost_read_of_a_vsp_300_is_a_gap(virtual_lab: VirtualLab, tmp_path: Path) -> None:
    virtual_lab.add_cell("V1", bench="P1")
    run_id = virtual_lab.launch(protocol(tmp_path, "  - rest: 2 h\n"))
    virtual_lab.advance(1800.0)
    assert virtual_lab.state(run_id) == "running"
    virtual_lab.fault("vsp-1", "GetData", "drop_reply")
    run = virtual_lab.finish(run_id)
    assert run.state == "completed", run.reason
    assert len(run.gaps) == 1
    assert "may be missing" in run.gaps[0]
    assert len(run.records) < 720


def test_a_stop_and_lab_time_that_is_held(virtual_lab: VirtualLab, tmp_path: Path) -> None:
    run_id = virtual_lab.launch(protocol(tmp_path, "  - rest: 100 h\n"))
    virtual_lab.advance(3600.0)
    held_s = virtual_lab.control.now()
    virtual_lab.stop(run_id)
    assert virtual_lab.control.now() == held_s
    run = virtual_lab.finish(run_id)
    assert run.state == "stopped"
    assert run.records["test_time_s"].iloc[-1] == pytest.approx(3600.0, abs=60.0)


def test_what_is_wrong_is_raised(virtual_lab: VirtualLab, tmp_path: Path) -> None:
    with pytest.raises(LaunchRefused, match="a NEWARE channel has no frequency response analyser"):
        virtual_lab.run(protocol(tmp_path, SPECTRUM))
    with pytest.raises(ProtocolErrors, match="0,2 A"):
        virtual_lab.run(protocol(tmp_path, CYCLE.replace("2C", '"0,2 A"', 1)))
    with pytest.raises(ValueError, match="there is no cell L9"):
        virtual_lab.launch(protocol(tmp_path, CYCLE), "L9")
    with pytest.raises(RuntimeError, match="add_cell comes before the first run"):
        virtual_lab.add_cell("L2", bench="A2")


def test_benches_are_named_for_their_instruments(tmp_path: Path) -> None:
    with VirtualLab(tmp_path) as lab:
        lab.add_cell("L1", bench="A1")
        with pytest.raises(ValueError, match="bench A1 has a cell"):
            lab.add_cell("L2", bench="A1")
        lab.add_cell("X1", bench="Q1")
        with pytest.raises(ValueError, match="which cell"):
            lab.run("impedance")
        with pytest.raises(ValueError, match=r"there is no bench 'Q1': A1, A2 … are channels of a NEWARE"):
            lab.run("impedance", "X1")
