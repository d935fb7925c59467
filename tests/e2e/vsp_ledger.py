"""What is stored of a VSP-300's test against the instrument's own ledger: every column, by rules of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from drivers.contracts import StepKind
from orchestrator.testing.virtual_bench import VirtualBench

__all__ = ["assert_stored_equals_ledger", "measured"]

Columns = dict[str, npt.NDArray[Any]]
OCV, PEIS, CPLIMIT, CALIMIT, SCAN = 100, 104, 155, 157, 158
MARKS = 2
NOISE_V = 2e-4  # ten times the virtual channel's


@dataclass
class Execution:
    """Rows of one technique, from its beginning to its end."""

    rows: slice
    technique: int
    began_s: float
    loop: int
    steps: Sequence[int]
    """Instrument steps that it carries out, in their order."""
    scans_before: int
    spectra_before: int


def measured(bench: VirtualBench, segment: Mapping[str, Any], place: str) -> Columns:
    """Rows of the ledger that belong to steps, with their times; without those of the marks at the list's end."""
    ledger = bench.ledger(segment, place)
    listed = json.loads(segment["content"])["techniques"]
    assert [one["stem"] for one in listed[-MARKS:]] == ["ocv"] * MARKS
    own = ledger["technique_index"] < len(listed) - MARKS
    rows = {name: column[own] for name, column in ledger.items()}
    of_spectra = rows["process"] == 1
    ticks_s = rows["time_base_s"] * rows["ticks"].astype(float)
    return rows | {"test_time_s": rows["start_s"] + np.where(of_spectra, rows["time_s"].astype(float), ticks_s)}


def assert_stored_equals_ledger(bench: VirtualBench, run_id: int, place: str) -> int:
    """None lost, none twice, every column as the instrument has it or as its rows define it. Returns how many."""
    total = 0
    for segment in bench.segments(run_id):
        if segment["test_id"] is not None:
            stored, ledger = bench.stored(segment["id"]), measured(bench, segment, place)
            check_measured(stored, ledger)
            for execution in executions(segment, ledger):
                check_execution(stored, ledger, execution)
            check_spectra(bench.stored_spectra(segment["id"]), stored, ledger)
            total += len(stored["seq"])
    return total


def check_measured(stored: Columns, ledger: Columns) -> None:
    np.testing.assert_array_equal(stored["seq"], np.arange(1, len(ledger["ticks"]) + 1))
    np.testing.assert_array_equal(stored["test_time_s"], ledger["test_time_s"])
    np.testing.assert_array_equal(stored["voltage_V"], ledger["ewe_V"].astype(float))
    np.testing.assert_array_equal(stored["current_A"], np.nan_to_num(ledger["i_A"].astype(float)))
    assert np.isnan(stored["temperature_degC"]).all()
    began_unix_s = stored["unix_time_s"] - stored["test_time_s"]
    np.testing.assert_allclose(began_unix_s, began_unix_s[0], rtol=0, atol=1e-5)


def executions(segment: Mapping[str, Any], ledger: Columns) -> Iterator[Execution]:
    """Stretches of rows with one technique and one beginning."""
    steps = steps_of_techniques(segment)
    index, start_s = ledger["technique_index"], ledger["start_s"]
    edges = [0, *(np.flatnonzero((np.diff(index) != 0) | (np.diff(start_s) != 0)) + 1).tolist(), len(index)]
    scans = spectra = 0
    for begin, end in pairwise(edges):
        technique = int(ledger["technique_id"][begin])
        yield Execution(
            slice(begin, end), technique, float(start_s[begin]), int(ledger["loop"][begin]), steps[int(index[begin])],
            scans, spectra,
        )  # fmt: skip
        scans, spectra = scans + (technique == SCAN), spectra + (technique == PEIS)


def steps_of_techniques(segment: Mapping[str, Any]) -> dict[int, list[int]]:
    """Of each technique in the list: a scan has the steps of one line of the protocol, all others have one."""
    step_map = segment["step_map"]
    left = [
        step for step in (json.loads(step_map) if isinstance(step_map, str) else step_map) if step["kind"] != "loop"
    ]
    found: dict[int, list[int]] = {}
    for place, technique in enumerate(json.loads(segment["content"])["techniques"][:-MARKS]):
        if technique["stem"] == "loop":
            continue
        first = left.pop(0)
        found[place] = [first["step"]]
        while technique["stem"] == "vscanlimit" and left and left[0]["origin"] == first["origin"]:
            found[place].append(left.pop(0)["step"])
    assert not left
    return found


def check_execution(stored: Columns, ledger: Columns, it: Execution) -> None:
    """Steps, kinds, cycles and counters of one technique."""
    of = {name: column[it.rows] for name, column in stored.items()}
    turns = np.zeros(len(of["seq"]), int)
    if it.technique == SCAN:
        turns = check_half_scans(of, it)
        assert set(of["cycle"]) == {it.scans_before + 1}
    else:
        assert set(of["cycle"]) == {it.loop + 1}
        assert set(of["step_kind"]) == {kind_of(it.technique, of["current_A"])}
        np.testing.assert_array_equal(of["step_time_s"], np.maximum(of["test_time_s"] - it.began_s, 0.0))
    np.testing.assert_array_equal(of["step"], np.array(it.steps)[turns])
    for turn in range(turns.max() + 1):
        check_counters({name: column[turns == turn] for name, column in of.items()})


def kind_of(technique: int, current_A: npt.NDArray[Any]) -> int:
    if technique in (CPLIMIT, CALIMIT):
        constant = technique == CPLIMIT
        if np.mean(current_A) > 0:
            return StepKind.CC_CHARGE if constant else StepKind.CV_CHARGE
        return StepKind.CC_DISCHARGE if constant else StepKind.CV_DISCHARGE
    return {OCV: StepKind.REST, PEIS: StepKind.IMPEDANCE}[technique]


def check_half_scans(of: Columns, it: Execution) -> npt.NDArray[Any]:
    """Number of turns before each row, by the voltages alone; a row at the very vertex may belong to either side."""
    up = of["step_kind"] == StepKind.SWEEP_UP
    assert (up | (of["step_kind"] == StepKind.SWEEP_DOWN)).all()
    way_V = np.diff(of["voltage_V"])
    before, after = np.concatenate((way_V[:1], way_V)), np.concatenate((way_V, way_V[-1:]))
    rises = np.where(np.abs(before) > np.abs(after), before, after) > 0
    at_vertex = (before * after < 0) & (np.abs(np.abs(before) - np.abs(after)) < NOISE_V)
    assert (up == rises)[~at_vertex].all()
    turns = np.concatenate(([0], np.cumsum(np.diff(up.astype(int)) != 0)))
    assert turns.max() == len(it.steps) - 1
    first = np.flatnonzero(np.diff(turns, prepend=-1))
    row_s = float(np.median(np.diff(of["test_time_s"])))
    assert (of["step_time_s"][first] <= 1.5 * row_s).all()
    gone_s = of["test_time_s"] - of["test_time_s"][first][turns]
    np.testing.assert_allclose(of["step_time_s"] - of["step_time_s"][first][turns], gone_s, rtol=0, atol=1e-6)
    assert of["step_time_s"][0] == of["test_time_s"][0] - it.began_s
    return turns


def check_counters(of: Columns) -> None:
    """Net charge and energy by the trapezoidal rule, from the step's beginning on."""
    time_s = np.concatenate(([0.0], of["step_time_s"]))
    for counter, flow in (
        ("step_capacity_Ah", of["current_A"]),
        ("step_energy_Wh", of["current_A"] * of["voltage_V"]),
    ):
        padded = np.concatenate((flow[:1], flow))
        passed = np.cumsum(np.diff(time_s) * (padded[1:] + padded[:-1]) / 2) / 3600
        np.testing.assert_allclose(of[counter], np.abs(passed), rtol=1e-9, atol=1e-15, err_msg=counter)


def check_spectra(points: Columns, stored: Columns, ledger: Columns) -> None:
    """Points are rows of process 1; each is a record, too."""
    is_point = ledger["process"] == 1
    spectra = {name: column[is_point] for name, column in ledger.items()}
    np.testing.assert_array_equal(points["seq"], np.arange(1, is_point.sum() + 1))
    for name, theirs in (
        ("frequency_Hz", "frequency_Hz"), ("voltage_amplitude_V", "abs_ewe_V"), ("current_amplitude_A", "abs_i_A"),
        ("phase_rad", "phase_zwe_rad"), ("voltage_V", "ewe_V"), ("current_A", "i_A"), ("test_time_s", "test_time_s"),
    ):  # fmt: skip
        np.testing.assert_array_equal(points[name], spectra[theirs].astype(float), err_msg=name)
    for name in ("cycle", "step", "unix_time_s", "test_time_s", "voltage_V", "current_A"):
        np.testing.assert_array_equal(points[name], stored[name][is_point], err_msg=name)
    began = np.concatenate(([1], np.diff(spectra["start_s"]) != 0)) if is_point.any() else np.empty(0)
    np.testing.assert_array_equal(points["spectrum"], np.cumsum(began))
    modulus_Ohm = points["voltage_amplitude_V"] / points["current_amplitude_A"]
    np.testing.assert_allclose(points["z_real_Ohm"], modulus_Ohm * np.cos(points["phase_rad"]), rtol=1e-12)
    np.testing.assert_allclose(points["z_imag_Ohm"], modulus_Ohm * np.sin(points["phase_rad"]), rtol=1e-12)
