from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml

from protocols.library import find, names
from tests.orchestrator.cli.conftest import Prompt
from tests.orchestrator.launch.bench_lab import written

HEAD = """cellbench: 1
protocol: mine
limits: {voltage: [-0.05 V, 2 V], current: 20 mA}
record: {every: 10 s}
steps:
"""


def file_with(folder: Path, *steps: str, head: str = HEAD) -> Path:
    path = folder / "my.yaml"
    path.write_text(head + "".join(f"  - {step}\n" for step in steps), encoding="utf-8")
    return path


def test_the_library_is_in_order(offline: Prompt, tmp_path: Path) -> None:
    for name in names():
        path = tmp_path / f"{name}.yaml"
        path.write_text(offline.ok("library", name), encoding="utf-8")
        assert offline.ok("check", path) == f"{path}: ok\n"
    assert [line.split()[0] for line in offline.ok("library").splitlines()] == names()


def test_the_schema_is_one_that_the_library_fits(offline: Prompt) -> None:
    schema = json.loads(offline.ok("schema"))
    shipped = find("rate-ladder")
    assert shipped is not None

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load(shipped.content), schema)


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ("discharge: {current: '0,2 A/g', until: {voltage: 0.01 V}}", "has a decimal comma; write 0.2 A/g"),
        ("discharge: {current: 5 mV, until: {voltage: 0.01 V}}", "mV is a voltage"),
        ("discharge: {current: 5 mA, until: {voltage: 0.01 V}, unitl: 1}", "unitl"),
        ("discharge: {current: 5 mA}", "discharge"),
        ("dicharge: {current: 5 mA, until: {voltage: 0.01 V}}", "dicharge"),
    ],
)
def test_a_wrong_file_is_named_by_line_with_a_remedy(offline: Prompt, tmp_path: Path, step: str, says: str) -> None:
    lines = offline.refused("check", file_with(tmp_path, "rest: 1 min", step))

    assert any(line.startswith("my.yaml:7 ") and says in line for line in lines)


def test_every_problem_of_every_file_is_a_line_of_its_own(offline: Prompt, tmp_path: Path) -> None:
    path = file_with(tmp_path, "rest: 1 V", "charge: {current: 5 mA}")

    lines = offline.refused("check", path, tmp_path / "none.yaml")

    assert [line.split()[0] for line in lines if line.startswith("my.yaml")] == ["my.yaml:6", "my.yaml:7"]
    assert "none.yaml" in lines[-1]


def test_a_plan_has_every_absolute_set_point(offline: Prompt) -> None:
    text = offline.ok("plan", "rate-ladder", "--active-mass", "2.75 mg", "--capacity", "3.35 mAh", "--bench", "A1")

    for current in ("-0.55 mA", "-1.375 mA", "-2.75 mA", "-5.5 mA", "-8.25 mA", "-11 mA", "-13.75 mA"):
        assert current in text
    assert "40 cycles, about" in text
    assert "started now it is done" in text
    assert "MB" in text
    assert text.endswith("A1: the instrument and the lab's limits accept it\n")


def test_a_plan_for_a_cell_of_the_database_needs_no_service(offline: Prompt) -> None:
    text = offline.ok("plan", "rate-ladder", "--cell", "L1", "--set", "cycles_per_rate=1")

    assert text.startswith("rate-ladder on L1: ")
    assert "8 cycles, about" in text


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("rate-ladder",), "needs the active mass"),
        (("rate-ladder", "--cell", "L9"), "cell L9 is not known; add it: cellbench cell add L9"),
        (("rate-ladder", "--cell", "BARE"), "needs the active mass"),
        (("rate-ladder", "--cell", "L1", "--bench", "A7"), "bench A7 is not in the lab file"),
        (("rate-ladder", "--cell", "L1", "--set", "cycels=1"), "cycels"),
        (("none.yaml", "--cell", "L1"), "none.yaml: No such file or directory"),
        (("no-such-protocol", "--cell", "L1"), "no-such-protocol"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(offline: Prompt, arguments: tuple[str, ...], says: str) -> None:
    assert says in offline.refused("plan", *arguments)[0]
    assert written(offline.lab) == (0, 0, 0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("ls",),
        ("run", "formation", "--cell", "L1", "--bench", "A1"),
        ("channels",),
        ("watch",),
        ("stop", 1),
        ("cell", "ls"),
    ],
)
def test_a_service_that_is_not_there_is_one_line(offline: Prompt, arguments: tuple[object, ...]) -> None:
    (line,) = offline.refused(*arguments)

    assert line == "service at http://127.0.0.1:9 not reachable: start it with `cellbench serve --lab lab.yaml`"


@pytest.mark.parametrize("url", ["nonsense", "ftp://x", "http://[", "http://127.0.0.1:99999"])
def test_an_address_that_is_none_is_one_line(offline: Prompt, url: str) -> None:
    (line,) = offline.refused("ls", "--url", url)

    assert "service" in line


def test_stop_all_needs_nobody(offline: Prompt) -> None:
    result = offline("stop", "--all", "--as", "anna", "--reason", "smoke")

    assert result.exit_code == 0
    assert (offline.lab.state_dir / "STOP").read_text(encoding="utf-8") == "anna (smoke)\n"
    assert "a node that runs obeys the STOP file" in result.stderr


@pytest.mark.parametrize("command", ["node", "web", "serve", "db version"])
def test_without_a_lab_file_one_line_says_how_to_name_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offline: Prompt, command: str
) -> None:
    (line,) = offline.refused(*command.split(), "--lab", tmp_path / "none.yaml")
    assert "none.yaml" in line

    offline.lab.path.write_text("lab: x\n", encoding="utf-8")
    (line,) = offline.refused(*command.split())
    assert line.startswith("lab.yaml")


def test_the_database_is_made_and_its_version_shown(offline: Prompt) -> None:
    Path(offline.lab.database_url.removeprefix("sqlite:///")).unlink()

    assert "was empty" in offline.ok("db", "upgrade")
    assert "cellbench needs" in offline.ok("db", "version")


@pytest.mark.parametrize("text", ["lab: [x\n", "lab: x\n", ""])
def test_a_mistake_in_the_lab_file_keeps_nobody_from_stopping(offline: Prompt, text: str) -> None:
    offline.lab.path.write_text(text, encoding="utf-8")

    result = offline("stop", "--all", "--as", "anna")

    assert result.exit_code == 0, result.output
    assert (offline.lab.path.parent / "STOP").read_text(encoding="utf-8") == "anna\n"
    assert result.stderr.startswith("lab.yaml")
    assert "the STOP file goes beside it" in result.stderr


def test_a_lab_file_that_is_not_there_gets_no_stop_file(offline: Prompt, tmp_path: Path) -> None:
    lines = offline.refused("stop", "--all", "--lab", tmp_path / "none.yaml")

    assert "none.yaml" in lines[0]
    assert "name the lab file" in lines[-1]
    assert not (tmp_path / "STOP").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("preview", "formation", "--material", "sio_c_l", "-o"),
        ("report", 1, "-o"),
        ("protocol", "export", "formation", "--cell", "L1", "-o"),
    ],
)
def test_a_file_in_a_folder_that_is_not_there_is_refused_at_once(
    offline: Prompt, tmp_path: Path, arguments: tuple[object, ...]
) -> None:
    (line,) = offline.refused(*arguments, tmp_path / "none" / "x.png", code=2)

    assert f"there is no folder {tmp_path / 'none'}; make it, or name another file" in line


def test_what_a_described_cell_lacks_is_remedied_by_an_option(offline: Prompt) -> None:
    (line, *_) = offline.refused("plan", "rate-ladder")

    assert "needs the active mass of the cell, which is not known" in line
    assert line.endswith("name one with --cell, or add --active-mass '2.75 mg'")

    told = offline.ok("plan", "formation", "--active-mass", "2.75 mg")
    assert "the nominal capacity of the cell is not known; name one with --cell, or add --capacity '3.35 mAh'" in told


def test_a_state_that_no_run_has_is_refused(offline: Prompt) -> None:
    (line,) = offline.refused("ls", "--state", "runing", code=2)

    assert "'runing' is not one of" in line
    assert "'running'" in line
