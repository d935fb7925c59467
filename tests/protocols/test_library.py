from __future__ import annotations

import math
import time
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.analysis.registry import find_analysis
from protocols import library
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.plan import Segment, SetTemperature
from protocols.program import ConstantCurrent, Impedance, Loop, Program, Rest, VoltagePoint, VoltageScan, walk
from protocols.reading import check, load_protocol, read_protocol
from simulators.cell import load_material

CELL = Cell("L1", 2.753e-3, 1.131, 3.35e-3, 0.01, 1.5, "SiO@C-l")


def program_of(name: str, **parameters: str) -> Program:
    (segment,) = compile_protocol(load_protocol(name), CELL, parameters).items
    assert isinstance(segment, Segment)
    return segment.program


def test_the_library_holds_what_the_first_lab_needs() -> None:
    assert library.names() == [
        "cv-scan-rates",
        "cycling-2c-500",
        "fast-charge-5mAcm2",
        "formation",
        "gitt",
        "impedance",
        "impedance-temperature",
        "rate-ladder",
    ]


@pytest.mark.parametrize("name", library.names())
def test_every_shipped_protocol_is_clean_and_named_like_its_file(name: str) -> None:
    shipped = library.find(name)
    assert shipped is not None
    assert check(shipped.content, shipped.file) == []
    protocol = load_protocol(name)
    assert protocol.name == name
    assert protocol.description
    assert compile_protocol(protocol, CELL).warnings == ()


def test_dashes_and_underscores_are_the_same_name() -> None:
    assert load_protocol("rate_ladder") == load_protocol("rate-ladder")
    assert library.find("rate ladder") is None


def test_a_protocol_tells_its_parameters() -> None:
    assert load_protocol("formation").parameters == {"rate": "0.1 A/g", "cycles": "5", "wetting": "6 h"}


def test_the_formation_rests_then_cycles_slowly() -> None:
    rest, loop = program_of("formation").steps
    assert isinstance(rest, Rest)
    assert isinstance(loop, Loop)
    assert (rest.until.duration_s, loop.count) == (6 * 3600, 5)
    assert [step.current_A for step in loop.body if isinstance(step, ConstantCurrent)] == pytest.approx(
        [-0.1 * 2.753e-3, 0.1 * 2.753e-3]
    )


def test_the_rate_ladder_rises_and_comes_back() -> None:
    program = program_of("rate-ladder")
    loops = [step for step in program.steps if isinstance(step, Loop)]
    currents_A = [loop.body[0].current_A for loop in loops if isinstance(loop.body[0], ConstantCurrent)]
    assert [loop.count for loop in loops] == [5] * 8
    assert currents_A == pytest.approx([-rate * 2.753e-3 for rate in (0.2, 0.5, 1, 2, 3, 4, 5, 1)])
    assert [loop.origin.label for loop in loops][::7] == ["ladder 0.2 A/g", "ladder 1 A/g"]


def test_the_long_cycling_is_one_loop_with_a_stop_rule_and_enough_records() -> None:
    plan = compile_protocol(load_protocol("cycling-2c-500"), CELL)
    (segment,) = plan.items
    assert isinstance(segment, Segment)
    loop = segment.program.steps[-1]
    assert isinstance(loop, Loop)
    assert loop.count == 500
    assert loop.stop_when is not None
    assert loop.stop_when.below == pytest.approx(0.4)
    assert plan.estimate.cycles == 500
    assert plan.estimate.duration_s == pytest.approx(600 + 500 * 3600)
    assert plan.estimate.records / 1000 >= 200  # a half-cycle


def test_the_scan_rates_rise_and_a_faster_one_comes_last() -> None:
    scans = [step for step in program_of("cv-scan-rates").steps if isinstance(step, VoltageScan)]
    assert [scan.scan_rate_V_per_s for scan in scans] == pytest.approx([1e-4, 2e-4, 3e-4, 4e-4, 5e-4, 1e-3])
    assert [scan.cycles for scan in scans] == [3, 3, 3, 3, 3, 1]
    assert {scan.turns for scan in scans} == {(VoltagePoint(0.01), VoltagePoint(1.5))}
    assert scans[0].origin.label == "cv 0.1 mV/s"


def test_the_spectrum_is_taken_at_a_defined_state_of_charge() -> None:
    full, lithiated, rest, spectrum = program_of("impedance").steps
    assert isinstance(full, ConstantCurrent)
    assert isinstance(lithiated, ConstantCurrent)
    assert isinstance(rest, Rest)
    assert isinstance(spectrum, Impedance)
    assert full.until.voltage_V == 1.5
    assert lithiated.until.capacity_Ah == pytest.approx(3.35e-3 / 2)
    assert (spectrum.frequency_from_Hz, spectrum.frequency_to_Hz, spectrum.amplitude_peak_V) == (1e5, 0.1, 0.01)


def test_the_titration_goes_down_and_back_up() -> None:
    down, up = compile_protocol(load_protocol("gitt"), CELL).items
    assert isinstance(down, Segment)
    assert isinstance(up, Segment)
    for segment, sign, cut_off_V in ((down, -1, 0.01), (up, 1, 1.5)):
        loop = segment.program.steps[-1]
        assert isinstance(loop, Loop)
        pulse = loop.body[0]
        assert isinstance(pulse, ConstantCurrent)
        assert (math.copysign(1, pulse.current_A), pulse.until.voltage_V, pulse.leaves_loop) == (sign, cut_off_V, True)


@pytest.mark.parametrize("material", ["sio_c_l", "sio_c_m", "sio_c_h"])
def test_the_titrations_pulses_are_short_and_its_rests_long_against_diffusion(material: str) -> None:
    """A quarter of L²/D at most for Weppner and Huggins' formula; after two of it nothing is left to level out."""
    diffusion_s = load_material(material).diffusion_time_s
    for item in compile_protocol(load_protocol("gitt"), CELL).items:
        assert isinstance(item, Segment)
        loop = item.program.steps[-1]
        assert isinstance(loop, Loop)
        pulse, rest = loop.body
        assert isinstance(pulse, ConstantCurrent)
        assert isinstance(rest, Rest)
        assert (pulse.until.duration_s or math.inf) <= diffusion_s / 4
        assert (rest.until.duration_s or 0.0) >= 2 * diffusion_s


def test_the_b_value_is_of_the_series_alone() -> None:
    (request,) = compile_protocol(load_protocol("cv-scan-rates"), CELL).analyses
    assert (request.name, dict(request.options)) == (
        "voltammetry",
        {"max_scan_rate_mV_s": 0.5, "correct_fade": True},
    )


def test_every_temperature_has_its_spectrum_and_the_chamber_comes_back() -> None:
    items = compile_protocol(load_protocol("impedance-temperature"), CELL).items
    temperatures_degC = [item.target_degC for item in items if isinstance(item, SetTemperature)]
    assert temperatures_degC == [25, 0, 10, 25, 40, 55, 25]
    spectra = [item.program.steps for item in items[3:-1:2] if isinstance(item, Segment)]
    assert [[step.kind for step in steps] for steps in spectra] == [["rest", "impedance"]] * 5
    assert [steps[-1].origin.label for steps in spectra] == [f"eis {t} degC" for t in (0, 10, 25, 40, 55)]


def test_the_fast_charge_is_an_areal_current_into_an_empty_host() -> None:
    empty, rest, loop = program_of("fast-charge-5mAcm2").steps
    assert isinstance(empty, ConstantCurrent)
    assert isinstance(rest, Rest)
    assert isinstance(loop, Loop)
    assert (empty.current_A, empty.until.voltage_V) == (pytest.approx(0.2 * 2.753e-3), 1.5)
    fast, _, slow, _ = loop.body
    assert isinstance(fast, ConstantCurrent)
    assert isinstance(slow, ConstantCurrent)
    assert (fast.current_A, fast.until.voltage_V) == (pytest.approx(-5e-3 * 1.131), 0.01)
    assert (slow.current_A, slow.until.voltage_V) == (pytest.approx(0.2 * 2.753e-3), 1.5)
    assert loop.origin.label == "fast charge 5 mA/cm2"


def test_an_areal_current_needs_the_cells_area() -> None:
    with pytest.raises(ProtocolErrors, match=r"area"):
        compile_protocol(load_protocol("fast-charge-5mAcm2"), replace(CELL, area_cm2=None))


@pytest.mark.parametrize("name", library.names())
def test_every_protocol_names_its_analyses(name: str) -> None:
    asked = compile_protocol(load_protocol(name), CELL).analyses
    assert asked
    for one in asked:
        find_analysis(one.name).check_options(one.options)


@pytest.mark.parametrize("name", ["cycling-2c-500", "formation", "rate-ladder"])
def test_discharge_is_lithiation_and_comes_first(name: str) -> None:
    steps = [step for step in walk(program_of(name).steps) if isinstance(step, ConstantCurrent)]
    assert [step.current_A < 0 for step in steps[:2]] == [True, False]
    assert [step.until.voltage_V for step in steps[:2]] == [0.01, 1.5]


@pytest.mark.parametrize("name", library.names())
def test_reading_and_compiling_takes_no_time_that_anyone_notices(name: str) -> None:
    compile_protocol(load_protocol(name), CELL)  # imports pint

    def once() -> float:
        begin = time.thread_time()  # of the processor, which a busy machine does not stretch
        compile_protocol(load_protocol(name), CELL)
        return time.thread_time() - begin

    assert min(once() for _ in range(5)) < 0.05


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    shipped = library.find("formation")
    assert shipped is not None
    path = tmp_path / "mine.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + shipped.content.replace(b"\n", b"\r\n"))
    assert read_protocol(path).file == "mine.yaml"
    assert compile_protocol(read_protocol(path), CELL).items == compile_protocol(load_protocol("formation"), CELL).items


@pytest.mark.parametrize("path", ["no-such-protocol", "nul\x00.yaml", "."])
def test_a_file_that_cannot_be_read_is_told(path: str) -> None:
    with pytest.raises(ProtocolErrors, match=r"cannot be read: .*; check the path"):
        load_protocol(path)
