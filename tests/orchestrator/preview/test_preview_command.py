"""``cellbench preview`` at the prompt, without lab, service or instrument."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from orchestrator.cli import cellbench

HEAD = """cellbench: 1
protocol: mine
limits: {voltage: [-0.05 V, 3 V], current: 20 mA}
record: {every: 10 s}
steps:
"""


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cellbench, ["preview", *map(str, arguments)])


def ok(*arguments: object) -> list[str]:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


def capacities(lines: list[str]) -> dict[tuple[str, int], list[float]]:
    """Numbers of the table by label and cycle."""
    at = next(place for place, line in enumerate(lines) if line.startswith("label"))
    found = {}
    for line in lines[at + 1 :]:
        *label, cycle, discharge, charge, specific_discharge, specific_charge, _ = line.split()
        if not cycle.isdecimal():
            break
        numbers = (discharge, charge, specific_discharge, specific_charge)
        found[" ".join(label), int(cycle)] = [float(number) for number in numbers]
    return found


def file_with(folder: Path, *steps: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(HEAD + "".join(f"  - {step}\n" for step in steps), encoding="utf-8")
    return path


def cells_known() -> tuple[str, ...]:
    return ("--material", "sio_c_l", "--window", "0.01 V", "1.5 V")


def test_formation_gives_what_the_material_was_made_for() -> None:
    lines = ok("formation", *cells_known(), "--active-mass", "2.753 mg")

    assert lines[0] == "formation on a virtual cell of sio_c_l, 2.753 mg, 1.131 cm², 1C = 3.35 mA, fresh"
    found = capacities(lines)
    assert found["formation", 1][2:] == pytest.approx([1865, 1389.4], abs=0.2)
    assert found["formation", 1][1] == pytest.approx(2.753 * 1.3894, abs=1e-3)
    assert any("⣀" in line for line in lines), "a curve is drawn"


def test_the_ladder_after_formation_is_the_papers() -> None:
    found = capacities(ok("rate-ladder", *cells_known(), "--formed"))

    for rate, capacity in (("0.2", 1217), ("1", 933), ("5", 301)):
        ends = [numbers[3] for (label, _), numbers in found.items() if label == f"ladder {rate} A/g"][:2]
        assert min(ends) * 0.99 <= capacity <= max(ends) * 1.01


def test_every_one_of_500_cycles_is_computed_soon_enough() -> None:
    ok("formation", *cells_known())  # so that imports are not counted
    began = time.process_time()  # which a busy machine does not stretch
    lines = ok("cycling-2c-500", *cells_known(), "--formed")
    spent_s = time.process_time() - began

    assert any("1001 steps, 500 cycles" in line for line in lines)
    assert "the first 3 cycles" in "".join(lines)
    found = capacities(lines)
    assert found["cycling 2C", 500][3] / found["cycling 2C", 1][3] == pytest.approx(0.9, abs=0.005)
    assert spent_s < 6  # two seconds on a machine of its own


def test_a_worn_out_cell_leaves_the_loop_as_the_engine_would_make_it() -> None:
    lines = ok("cycling-2c-500", "--material", "sio_c_h", "--window", "0.01 V", "1.5 V", "--formed")

    (note,) = [line for line in lines if line.startswith("note: ")]
    assert "the loop is left after" in note
    assert "is below 40 %" in note


@pytest.mark.parametrize(
    ("protocol", "says"),
    [
        ("impedance", "1 impedance spectra"),
        ("impedance-temperature", "5 impedance spectra"),
        ("cv-scan-rates", "cv 0.5 mV/s"),
        ("gitt", "gitt delithiation"),
    ],
)
def test_sweeps_spectra_titrations_and_temperatures_are_carried_out(protocol: str, says: str) -> None:
    assert says in "\n".join(ok(protocol, *cells_known(), "--formed"))


def test_the_drawing_is_a_picture_of_its_own(tmp_path: Path) -> None:
    target = tmp_path / "p.png"

    lines = ok("impedance", *cells_known(), "--formed", "--out", target)

    assert str(target) in lines
    with Image.open(target) as picture:
        assert picture.format == "PNG"
        assert min(picture.size) > 1000
        assert len(picture.convert("RGB").getcolors(1 << 24)) > 100
    assert [path.name for path in tmp_path.iterdir()] == ["p.png"]


def test_a_protection_that_trips_is_said_before_it_happens(tmp_path: Path) -> None:
    path = file_with(tmp_path, "charge: {current: 1 mA, until: {duration: 10 h}}")

    (note,) = [line for line in ok(path, *cells_known()) if line.startswith("note: ")]

    assert note.startswith("note: line 6: voltage above 3 V: the protection ends the test after")


def test_a_step_that_never_ends_on_this_cell_is_named(tmp_path: Path) -> None:
    path = file_with(tmp_path, "discharge: {current: 1 uA, until: {voltage: 0.01 V}}")

    (note,) = [line for line in ok(path, *cells_known()) if line.startswith("note: ")]

    assert note == "note: line 6: this constant current does not end within 60 days on this cell"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("formation",), "a preview needs a material: --material sio_c_l; there are sio_c_l, sio_c_m, sio_c_h"),
        (("formation", "--material", "graphite"), "there is no virtual cell of material 'graphite'"),
        (("formation", "--material", "../sio_c_l"), "there is no virtual cell of material"),
        (("no-such", "--material", "sio_c_l"), "no-such"),
        (("nothing.yaml", "--material", "sio_c_l"), "nothing.yaml"),
        (("formation", "--material", "sio_c_l", "--set", "rate=0,1 A/g"), "decimal comma"),
        (("formation", "--material", "sio_c_l", "--set", "speed=1"), "speed"),
    ],
)
def test_what_cannot_be_previewed_is_refused_in_one_line(arguments: tuple[str, ...], says: str) -> None:
    result = run(*arguments)

    assert result.exit_code == 1, result.output
    assert says in result.stderr
    assert "Traceback" not in result.output
    assert all(line.strip() for line in result.stderr.splitlines())
