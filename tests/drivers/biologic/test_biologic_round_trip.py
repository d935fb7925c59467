"""What a virtual VSP-300 has measured, decoded, against its own ledger: every row and every column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.checks import problems
from drivers.biologic.ending import came_to_its_end
from drivers.biologic.technique_list import TechniqueList
from drivers.biologic.translate import technique_list
from drivers.contracts import RECORD_COLUMNS, SPECTRUM_COLUMNS, StepKind
from protocols.program import Limits, Loop, Program, Record, Step, VoltagePoint, VoltageScan
from tests.drivers.biologic.biologic_programs import (
    CHARGE,
    CV,
    CYCLING,
    DISCHARGE,
    GEIS,
    PEIS,
    PULSE,
    REST,
    TITRATION,
    at,
    program,
)
from tests.drivers.biologic.virtual_channel import Bench, Run, START_UNIX_s, decode_all, virtual_channel
from tests.drivers.neware.programs import programs

EVERYTHING = program(REST, CYCLING, REST, CV, REST, PEIS, GEIS)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with virtual_channel(tmp_path) as channel:
        yield channel


def listed(*steps: Step) -> TechniqueList:
    return technique_list(program(*steps), ChannelFacts())


def executed(bench: Bench, executing: Program, for_s: float, looks: int = 7) -> tuple[TechniqueList, Run]:
    techniques = technique_list(executing, ChannelFacts())
    bench.run(techniques, for_s, looks)
    return techniques, bench.decoded(techniques)


def check_against_ledger(bench: Bench, techniques: TechniqueList, run: Run) -> None:
    """Every row that belongs to a step, in order, with the very numbers that the instrument has."""
    ledger = bench.ledger()
    marks = [index for index, it in enumerate(techniques.techniques) if it.end_mark]
    own = {name: column[~np.isin(ledger["technique_index"], marks)] for name, column in ledger.items()}
    points = own["process"] == 1
    from_ticks_s = own["start_s"] + own["time_base_s"] * own["ticks"].astype(float)
    time_s = np.where(points, own["start_s"] + own["time_s"].astype(float), from_ticks_s)
    records = run.records
    assert {name: str(it.dtype) for name, it in records.items()} == dict(RECORD_COLUMNS)
    np.testing.assert_array_equal(records["seq"], np.arange(1, len(time_s) + 1))
    np.testing.assert_array_equal(records["test_time_s"], time_s)
    np.testing.assert_array_equal(records["unix_time_s"], START_UNIX_s + time_s)
    np.testing.assert_array_equal(records["voltage_V"], own["ewe_V"].astype(float))
    np.testing.assert_array_equal(records["current_A"], np.nan_to_num(own["i_A"].astype(float)))
    assert np.isnan(records["temperature_degC"]).all()
    assert (np.diff(records["cycle"]) >= 0).all()
    assert (np.diff(records["test_time_s"]) >= -1e-3).all()
    spectra = run.spectra
    assert {name: str(it.dtype) for name, it in spectra.items()} == dict(SPECTRUM_COLUMNS)
    for name, column in (
        ("frequency_Hz", "frequency_Hz"), ("voltage_amplitude_V", "abs_ewe_V"), ("current_amplitude_A", "abs_i_A"),
        ("phase_rad", "phase_zwe_rad"), ("voltage_V", "ewe_V"), ("current_A", "i_A"),
    ):  # fmt: skip
        np.testing.assert_array_equal(spectra[name], own[column][points].astype(float), err_msg=name)
    modulus_Ohm = own["abs_ewe_V"][points].astype(float) / own["abs_i_A"][points].astype(float)
    np.testing.assert_allclose(np.hypot(spectra["z_real_Ohm"], spectra["z_imag_Ohm"]), modulus_Ohm, rtol=1e-12)


def test_every_kind_of_step_against_the_ledger(bench: Bench) -> None:
    techniques, run = executed(bench, EVERYTHING, 30_000)
    check_against_ledger(bench, techniques, run)
    assert run.problems == []
    assert came_to_its_end(techniques, run.state)
    assert set(run.records["step"].tolist()) == {step.step for it in techniques.techniques for step in it.steps}


def test_it_does_not_matter_how_often_one_looks(bench: Bench, tmp_path: Path) -> None:
    techniques, seldom = executed(bench, EVERYTHING, 30_000, looks=1)
    with virtual_channel(tmp_path / "again") as another:
        another.run(techniques, 30_000, looks=100)
        often = another.decoded(techniques)
    for name in RECORD_COLUMNS:
        np.testing.assert_allclose(seldom.records[name].astype(float), often.records[name].astype(float), rtol=1e-12)
    for name in SPECTRUM_COLUMNS:
        np.testing.assert_array_equal(seldom.spectra[name], often.spectra[name])


def test_a_premium_p_board(tmp_path: Path) -> None:
    with virtual_channel(tmp_path, board_type=3, noise_V=2e-5, noise_A=1e-9) as bench:
        techniques, run = executed(bench, program(REST, CYCLING, REST, PEIS), 20_000)
        check_against_ledger(bench, techniques, run)
        assert run.problems == []


def test_whatever_has_no_problems_is_taken_by_the_instrument(bench: Bench) -> None:
    loaded = []

    @given(programs)
    def taken(drawn: Program) -> None:
        if not problems(drawn, ChannelFacts()):
            bench.load(technique_list(drawn, ChannelFacts()))
            loaded.append(drawn)

    taken()
    assert len(loaded) > 10  # of the hundred drawn: or nothing has been shown


def test_kinds_and_cycles_of_a_loop(bench: Bench) -> None:
    _, run = executed(bench, program(REST, CYCLING), 20_000)
    steps = list(dict.fromkeys(zip(*(run.records[it].tolist() for it in ("cycle", "step", "step_kind")), strict=True)))
    once = [(2, StepKind.CC_DISCHARGE), (3, StepKind.CC_CHARGE), (4, StepKind.CV_CHARGE)]
    assert steps == [(1, 1, StepKind.REST), *((1, *it) for it in once), *((2, *it) for it in once)]


def test_charge_and_energy_of_constant_current(bench: Bench) -> None:
    _, run = executed(bench, program(CYCLING), 20_000)
    records = run.records
    constant = records["step_kind"] == StepKind.CC_DISCHARGE
    expected_Ah = 0.003 * records["step_time_s"][constant] / 3600
    np.testing.assert_allclose(records["step_capacity_Ah"][constant], expected_Ah, rtol=1e-6)
    energy_Wh, capacity_Ah = records["step_energy_Wh"][constant], records["step_capacity_Ah"][constant]
    assert ((energy_Wh / capacity_Ah) > records["voltage_V"][constant].min()).all()
    assert ((energy_Wh / capacity_Ah) < records["voltage_V"][constant].max() + 0.05).all()


@pytest.mark.parametrize("noise_V", [0.0, 5e-4])
def test_half_scans_have_their_own_steps_and_directions(tmp_path: Path, noise_V: float) -> None:
    with virtual_channel(tmp_path, noise_V=noise_V) as bench:
        _, run = executed(bench, program(CV), 6_000)
    records = run.records
    down, up, end = (records["step"] == step for step in (1, 2, 3))
    assert records["cycle"][up].tolist() == [1] * 80 + [2] * 80 + [3] * 80
    assert records["cycle"][down].tolist()[-160:] == [2] * 80 + [3] * 80
    assert records["cycle"][end].tolist() == [3] * 50
    assert set(records["step_kind"][up].tolist()) == {StepKind.SWEEP_UP}
    assert set(records["step_kind"][down | end].tolist()) == {StepKind.SWEEP_DOWN}
    np.testing.assert_allclose(
        records["step_time_s"][up], np.tile(np.arange(10, 801, 10), 3), atol=3 * noise_V / 1e-3 + 1
    )
    # net charge of each half-scan, by the definition
    first = np.flatnonzero(up)[:80]
    amperes, seconds = records["current_A"][first], np.diff(records["test_time_s"][first], prepend=0.0)
    seconds[0] = records["step_time_s"][first[0]]
    charge_C = np.cumsum(seconds * np.concatenate(([amperes[0]], (amperes[1:] + amperes[:-1]) / 2)))
    np.testing.assert_allclose(records["step_capacity_Ah"][first], np.abs(charge_C) / 3600, rtol=1e-9)


def test_more_cycles_than_one_technique_holds(bench: Bench) -> None:
    fast = VoltageScan(
        VoltagePoint(0.0, "open_circuit"), (VoltagePoint(1.3), VoltagePoint(1.5)), 0.01, at(1), cycles=12,
        end=VoltagePoint(1.45), record=Record(voltage_change_V=0.01), limits=Limits(-0.05, 4.0, 0.4),
    )  # fmt: skip
    techniques, run = executed(bench, program(fast), 2_000)
    assert [it.stem for it in techniques.techniques] == ["vscanlimit"] * 3 + ["ocv"] * 2
    check_against_ledger(bench, techniques, run)
    up = run.records["step"] == 2
    assert run.records["cycle"][up].tolist() == [cycle for cycle in range(1, 13) for _ in range(20)]
    last = run.records["step"] == 3
    assert (run.records["cycle"][last].tolist(), run.state.ended) == ([12] * 5, True)


def test_each_spectrum_is_counted_and_is_capacitive(bench: Bench) -> None:
    _, run = executed(bench, program(Loop(2, (REST, PEIS, GEIS), at(1))), 1_000)
    spectra = run.spectra
    assert [int((spectra["spectrum"] == n).sum()) for n in range(1, 5)] == [25, 19, 25, 19]
    np.testing.assert_array_equal(spectra["seq"], np.arange(1, 89))
    assert spectra["cycle"].tolist() == [1] * 44 + [2] * 44
    assert (spectra["z_imag_Ohm"] < 0).all()
    assert (spectra["z_real_Ohm"] > 0).all()
    np.testing.assert_allclose(spectra["voltage_amplitude_V"][:25], 0.01, rtol=1e-6)
    impedance = run.records["step_kind"] == StepKind.IMPEDANCE
    assert impedance.sum() == 2 * 2 + 88  # 20 s at the bias, every 10 s, and each point


def test_a_titration_ends_at_its_voltage(bench: Bench) -> None:
    techniques, run = executed(bench, program(TITRATION), 100_000)
    assert bench.eclib.values(0)["state"] == 0
    assert came_to_its_end(techniques, run.state)
    assert not run.state.ended  # no end mark: the pulse has stopped the channel
    assert run.records["voltage_V"][-1] == pytest.approx(0.3, abs=0.01)
    assert run.records["cycle"].max() > 2


def test_a_titration_that_is_exhausted_ends_with_its_mark(bench: Bench) -> None:
    techniques, run = executed(bench, program(replace(TITRATION, count=2)), 2_000)
    assert run.state.ended
    assert came_to_its_end(techniques, run.state)
    assert run.records["cycle"].max() == 2


@pytest.mark.parametrize("stopped_after_s", [30.0, 100.0, 350.0])
def test_a_titration_that_somebody_stopped_did_not_end(bench: Bench, stopped_after_s: float) -> None:
    techniques = listed(TITRATION)
    bench.run(techniques, stopped_after_s)
    assert bench.eclib.stop(0) == 0
    bench.go_on(10.0)
    assert not came_to_its_end(techniques, bench.decoded(techniques).state)


def test_a_pulse_that_reaches_its_voltage_at_once_ends_it_without_a_row(bench: Bench) -> None:
    at_once = Loop(9, (REST, replace(PULSE, until=replace(PULSE.until, voltage_V=1.48))), at(1))
    techniques, run = executed(bench, program(at_once), 1_000)
    assert set(run.records["step"].tolist()) == {1}
    assert came_to_its_end(techniques, run.state)


def test_protection_on_board_ends_the_test_early(bench: Bench) -> None:
    techniques, run = executed(bench, program(replace(CV, limits=Limits(-0.05, 4.0, 0.001))), 6_000)
    assert bench.eclib.values(0)["state"] == 0
    assert not came_to_its_end(techniques, run.state)
    assert np.abs(run.records["current_A"]).max() < 0.0011


def test_a_value_beyond_every_range_is_told_and_not_passed_on(bench: Bench) -> None:
    techniques = listed(DISCHARGE)
    bench.load(techniques)
    bench.control.fault("vsp-1", "GetData", {"channel": 0, "set": "over_range"})
    assert bench.eclib.start(0) == 0
    bench.eclib.data(0)
    bench.go_on(1_000.0)
    run = bench.decoded(techniques)
    assert len(run.records["seq"]) == len(bench.ledger()["ticks"]) - 1
    assert run.problems[0].startswith("1 record(s) between 0.")
    assert np.abs(run.records["current_A"]).max() < 0.004
    np.testing.assert_allclose(
        run.records["step_capacity_Ah"], 0.003 * run.records["step_time_s"] / 3600, rtol=1e-6, atol=1e-12
    )


def test_decoding_goes_on_where_the_cursor_stands(bench: Bench) -> None:
    techniques, whole = executed(bench, program(CYCLING, REST, PEIS), 30_000)
    for split in range(1, len(bench.segments)):
        first = decode_all(techniques, bench.segments[:split])
        second = decode_all(techniques, bench.segments[split:], first.state)
        for name in RECORD_COLUMNS:
            joined = np.concatenate([first.records[name], second.records[name]])
            np.testing.assert_array_equal(joined, whole.records[name])


def test_charge_goes_on_being_counted_over_a_hold(bench: Bench) -> None:
    _, run = executed(bench, program(DISCHARGE, CHARGE), 20_000)
    held = run.records["step_kind"] == StepKind.CV_CHARGE
    assert (np.diff(run.records["step_capacity_Ah"][held]) > 0).all()
    assert run.records["step_time_s"][held][0] == pytest.approx(10.0, abs=0.01)
