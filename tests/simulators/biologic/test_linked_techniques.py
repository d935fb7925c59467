"""Techniques one after the other, loops and triggers, and what DataInfos says of their rows."""

import numpy as np
import pytest

from simulators.lab.client import LabControl
from tests.simulators.biologic.eclib_client import EclibClient, Parameters

OCV: Parameters = {"Rest_time_T": 4.999, "Record_every_dT": 1.0}


def cp(current_A: float, duration_s: float = 10.0) -> Parameters:
    return {"Current_step": [current_A], "Duration_step": [duration_s], "Record_every_dT": 1.0, "I_Range": 9}


def test_each_technique_tells_its_own_start_and_time_base(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("ocv4", OCV), ("cp4", cp(-1e-3)), ("cp4", cp(1e-3) | {"tb": 1e-3}))
    assert eclib.start(0) == 0
    control.advance(60)
    first, second, third = eclib.drain(0)
    assert [(it.technique_index, it.technique_id) for it in (first, second, third)] == [(0, 100), (1, 102), (2, 102)]
    assert first.words.shape == (4, 3)
    assert second.words.shape == (9, 5)
    assert third.words.shape == (10, 5)  # a tick of 1 ms divides a second
    assert [it.start_s for it in (first, second, third)] == pytest.approx([0, 5, 15], abs=2e-3)
    assert second.ticks[0] == int(np.ceil(1 / 21e-6))
    assert third.ticks.tolist() == [1000 * n for n in range(1, 11)]


def test_time_base_is_that_of_the_technique_that_runs(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("ocv4", OCV), ("cp4", cp(-1e-3)))
    assert eclib.start(0) == 0
    control.advance(3)
    assert eclib.values(0)["time_base"] == pytest.approx(20e-6)
    control.advance(5)
    # the oldest rows are the OCV's: whoever takes the time base from here is 5 % wrong, as on hardware
    leftover = eclib.data(0)
    assert (leftover.technique_index, leftover.time_base_s) == (0, pytest.approx(21e-6))


def test_a_loop_repeats_what_is_before_it(eclib: EclibClient, control: LabControl) -> None:
    loop: Parameters = {"loop_N_times": 2, "protocol_number": 1}
    eclib.link(0, ("ocv4", OCV), ("cp4", cp(-1e-3)), ("cp4", cp(1e-3)), ("loop4", loop), ("ocv4", OCV))
    assert eclib.start(0) == 0
    control.advance(100)
    segments = eclib.drain(0)
    assert [(it.technique_index, it.loop) for it in segments] == [
        (0, 0), (1, 0), (2, 0), (1, 1), (2, 1), (1, 2), (2, 2), (4, 0),
    ]  # fmt: skip
    assert [it.start_s for it in segments] == pytest.approx([0, 5, 15, 25, 35, 45, 55, 65], abs=2e-3)
    assert eclib.values(0)["state"] == 0


def test_an_inner_loop_starts_afresh_in_every_round_of_the_outer(eclib: EclibClient, control: LabControl) -> None:
    inner: Parameters = {"loop_N_times": 1, "protocol_number": 1}
    outer: Parameters = {"loop_N_times": 1, "protocol_number": 0}
    eclib.link(0, ("ocv4", OCV), ("cp4", cp(-1e-3)), ("loop4", inner), ("loop4", outer))
    assert eclib.start(0) == 0
    control.advance(100)
    assert [it.technique_index for it in eclib.drain(0)] == [0, 1, 1, 0, 1, 1]


def test_an_endless_loop_ends_only_when_stopped(eclib: EclibClient, control: LabControl) -> None:
    eclib.link(0, ("ocv4", OCV), ("loop4", {"loop_N_times": -1, "protocol_number": 0}))
    assert eclib.start(0) == 0
    control.advance(1002.5)
    assert eclib.values(0)["state"] == 1
    assert eclib.stop(0) == 0
    assert len(eclib.drain(0)) == 201


def test_a_trigger_output_takes_its_time_and_an_input_waits(eclib: EclibClient, control: LabControl) -> None:
    out: Parameters = {"Trigger_Logic": 1, "Trigger_Duration": 2.0}
    eclib.link(0, ("TO4", out), ("TI4", {"Trigger_Logic": 1}), ("ocv4", OCV))
    assert eclib.start(0) == 0
    control.advance(100)
    assert eclib.values(0)["state"] == 1
    control.fault("vsp-1", "TestConnection", {"channel": 0, "set": "trigger"})
    assert eclib.dll.BL_TestConnection(eclib.id) == 0
    control.advance(10)
    (rows,) = eclib.drain(0)
    assert (rows.technique_index, rows.start_s) == (2, pytest.approx(100, abs=1e-3))


def test_vs_initial_refers_to_what_was_measured_when_the_technique_began(
    eclib: EclibClient, control: LabControl
) -> None:
    step: Parameters = {
        "Voltage_step": [-0.1, -0.2], "vs_initial": [True, True], "Duration_step": [2.5, 2.5], "Step_number": 1,
        "Record_every_dT": 1.0,
    }  # fmt: skip
    eclib.link(0, ("ca4", step))
    initial_V = eclib.values(0)["ewe"]
    assert eclib.start(0) == 0
    control.advance(10)
    (rows,) = eclib.drain(0)
    assert rows.single(2) == pytest.approx([initial_V - 0.1] * 2 + [initial_V - 0.2] * 2, abs=1e-4)


def test_cycles_are_counted_in_the_last_column(eclib: EclibClient, control: LabControl) -> None:
    steps: Parameters = {
        "Current_step": [-1e-3, 1e-3], "Duration_step": [2.5, 2.5], "Step_number": 1, "N_Cycles": 2,
        "Record_every_dT": 1.0, "I_Range": 9,
    }  # fmt: skip
    eclib.link(0, ("cp4", steps))
    assert eclib.start(0) == 0
    control.advance(20)
    (rows,) = eclib.drain(0)
    assert rows.words[:, 4].tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert rows.single(3) == pytest.approx([-1e-3, -1e-3, 1e-3, 1e-3] * 3)


def test_modular_potentio_changes_its_mode_by_step(eclib: EclibClient, control: LabControl) -> None:
    modular: Parameters = {
        "Value_step": [-1e-3, 1.2], "Duration_step": [3.5, 2.5], "Record_every_dT": [1.0, 0.5], "Mode_step": [1, 0],
        "Step_number": 1, "Record_every_rc": 1,
    }  # fmt: skip
    eclib.link(0, ("mp4", modular))
    assert eclib.start(0) == 0
    control.advance(20)
    (rows,) = eclib.drain(0)
    assert rows.words.shape == (3 + 5, 7)
    assert rows.words[:, 4:].tolist() == [[0, 1, 0]] * 3 + [[0, 0, 1]] * 5
    assert rows.single(3)[:3] == pytest.approx([-1e-3] * 3)
    assert rows.single(2)[3:] == pytest.approx([1.2] * 5, abs=1e-4)


def test_a_voltammogram_goes_round_and_then_to_its_end(eclib: EclibClient, control: LabControl) -> None:
    cv: Parameters = {
        "Voltage_step": [1.30, 1.34, 1.28, 1.30, 1.32], "vs_initial": [False] * 5, "Scan_Rate": [0.01] * 5,
        "Scan_number": 2, "Record_every_dE": 0.01, "Average_over_dE": True, "N_Cycles": 1,
        "Begin_measuring_I": 0.5, "End_measuring_I": 1.0,
    }  # fmt: skip
    eclib.link(0, ("cv4", cv))
    assert eclib.start(0) == 0
    control.advance(60)
    (rows,) = eclib.drain(0)
    once = [1.31, 1.32, 1.33, 1.34, 1.33, 1.32, 1.31, 1.30, 1.29, 1.28, 1.29, 1.30]
    assert rows.single(3) == pytest.approx([*once, *once, 1.31, 1.32], abs=1e-4)
    assert rows.words[:, 4].tolist() == [0] * 12 + [1] * 14
    assert rows.time_s == pytest.approx(np.arange(1, 27), abs=2e-3)
    current_A = rows.single(2)  # <I> stands before Ewe
    assert (current_A[5:10] < 0).all()


def test_vscan_has_potential_before_current(eclib: EclibClient, control: LabControl) -> None:
    scan: Parameters = {
        "Voltage_step": [1.3, 1.1, 1.3], "vs_initial": [False] * 3, "Scan_Rate": [0.0, 0.05, 0.1], "Scan_number": 1,
        "Record_every_dE": 0.05, "N_Cycles": 0,
    }  # fmt: skip
    eclib.link(0, ("vscan4", scan))
    assert eclib.start(0) == 0
    control.advance(60)
    (rows,) = eclib.drain(0)
    assert rows.technique_id == 124
    assert rows.single(2) == pytest.approx([1.25, 1.2, 1.15, 1.1, 1.15, 1.2, 1.25, 1.3], abs=1e-4)
    assert rows.time_s == pytest.approx([1, 2, 3, 4, 4.5, 5, 5.5, 6], abs=1e-3)
