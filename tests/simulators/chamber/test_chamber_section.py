"""Chambers and the cells inside, in the lab file."""

from pathlib import Path

import pytest

from simulators.lab.client import LabControl
from simulators.lab.lab_file import LabFileError, parse_lab
from simulators.lab.process import spawn_lab
from simulators.lab.refusal import LabRefusal
from tests.simulators.chamber.conftest import LAB


@pytest.mark.parametrize(
    ("wrong", "instead", "words"),
    [
        ("chamber: oven-1", "chamber: oven-9", "bts-1.cells.27-21-1-1.chamber: 'oven-9' is no chamber here"),
        ("chamber: oven-1", "chamber: bts-1", "'bts-1' is no chamber here"),
        ("chamber: oven-1", "time_constant_s: 0", "time_constant_s"),
        ("{seed: 3}", "{low_degC: 120}", "must rise in this order"),
        ("{seed: 3}", "{heater_kW: 3}", "heater_kW"),
        ("watlow_f4t", "watlow_f9", "kind"),
        ("temperature_aux: T1", "temperature_aux: 't emperature'", "temperature_aux"),
    ],
)
def test_a_wrong_chamber_is_refused_in_one_line(tmp_path: Path, wrong: str, instead: str, words: str) -> None:
    assert wrong in LAB
    with pytest.raises(LabFileError, match=words) as refused:
        parse_lab(LAB.replace(wrong, instead, 1), tmp_path)
    assert "\n" not in str(refused.value)


def test_a_cell_is_plugged_into_a_chamber_that_exists(control: LabControl) -> None:
    cell = {"material": "sio_c_l", "active_mass_g": 0.00275, "area_cm2": 1.131, "temperature_degC": 40.0}
    with pytest.raises(LabRefusal, match="no chamber 'oven-9'"):
        control.plug("bts-1", "27-21-1-2", cell | {"chamber": "oven-9"})
    control.plug("bts-1", "27-21-1-2", cell | {"chamber": "oven-1", "time_constant_s": 600})
    control.advance(600)
    assert control.cells()["bts-1"]["27-21-1-2"]["temperature_degC"] == pytest.approx(25 + 15 * 0.368, abs=0.2)


def test_the_process_prints_a_line_for_every_wire(tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text(LAB, encoding="utf-8")
    with spawn_lab(path) as lab, lab.control() as control:
        assert set(lab.ports) == {"bts-1", "oven-1", "oven-1.scpi", "oven-2"}
        assert lab.ports["oven-1.scpi"] == control.port("oven-1", "scpi")
        assert control.hello()["instruments"]["oven-1"]["kind"] == "watlow_f4t"
