"""The units are what systemd takes, the processes are apart, and they come back whatever happens."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.places import DEPLOY, unknown_words

_FOLDER = DEPLOY / "systemd"
_PROGRAM = "/opt/cellbench/current/bin/cellbench"
_RESTORE_TEST = "/usr/local/lib/cellbench/restore-test"
_UNITS = sorted(path.name for path in _FOLDER.glob("cellbench*"))
_SERVICES = [name for name in _UNITS if name.endswith(".service")]
_DAEMONS = ["cellbench-node.service", "cellbench-web.service"]
_ANALYZE = shutil.which("systemd-analyze")


def _settings(name: str) -> list[tuple[str, str, str]]:
    """Section, key, value of every line, in order."""
    found, section = [], ""
    for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            key, equals, value = line.partition("=")
            assert equals, f"{name}: {line}"
            found.append((section, key, value))
    return found


def _values(name: str, key: str) -> list[str]:
    return [value for _, found, value in _settings(name) if found == key]


def _complaints(folder: Path, *arguments: str) -> str:
    """What systemd's own tool says of these units; empty where it has nothing to say, or is not installed."""
    if _ANALYZE is None:
        return ""
    command = [_ANALYZE, *arguments, *(str(folder / name) for name in _UNITS if "security" not in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return done.stderr if done.returncode == 0 else f"{done.returncode}: {done.stdout}{done.stderr}"


@pytest.fixture
def with_a_program(tmp_path: Path) -> Path:
    """The units with a program that is there: the one they name is installed on a laboratory's computer only."""
    for name in _UNITS:
        text = (_FOLDER / name).read_text(encoding="utf-8")
        for program in (_PROGRAM, _RESTORE_TEST):
            text = text.replace(program, sys.executable)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_systemd_has_nothing_to_say_against_the_units(with_a_program: Path) -> None:
    assert _complaints(with_a_program, "verify", "--man=no") == ""
    assert {section for name in _UNITS for section, _, _ in _settings(name)} == {"Unit", "Service", "Timer", "Install"}


@pytest.mark.parametrize("name", _DAEMONS)
def test_little_is_open_to_a_process_that_was_taken_over(name: str, with_a_program: Path) -> None:
    said = _complaints(with_a_program, "security", "--offline=true", "--threshold=20", str(with_a_program / name))
    assert said == ""
    assert _values(name, "NoNewPrivileges") == ["true"]
    assert _values(name, "ProtectSystem") == ["strict"]
    assert _values(name, "CapabilityBoundingSet") == [""]


@pytest.mark.parametrize("name", _DAEMONS)
def test_what_ends_or_hangs_is_started_again_for_ever(name: str) -> None:
    assert _values(name, "Type") == ["notify"]
    assert _values(name, "Restart") == ["always"]
    assert _values(name, "RestartSec") == ["5"]
    assert _values(name, "StartLimitIntervalSec") == ["0"]
    assert int(_values(name, "WatchdogSec")[0]) in range(30, 121)


def test_neither_of_node_and_web_pulls_the_other() -> None:
    pulling = {
        "PartOf",
        "Requires",
        "Requisite",
        "Wants",
        "BindsTo",
        "Upholds",
        "Conflicts",
        "PropagatesStopTo",
        "After",
    }
    for name, other in zip(_DAEMONS, reversed(_DAEMONS), strict=True):
        assert [value for _, key, value in _settings(name) if key in pulling and other in value] == []
        assert _values(name, "PartOf") == ["cellbench.target"]
    assert _values("cellbench.target", "Wants") == ["cellbench-node.service cellbench-web.service"]


def test_the_node_goes_before_everything_else() -> None:
    for key, node_is_first in (("Nice", int.__lt__), ("CPUWeight", int.__gt__), ("OOMScoreAdjust", int.__lt__)):
        node, web = (int(_values(name, key)[0]) for name in _DAEMONS)
        assert node_is_first(node, web), key


@pytest.mark.parametrize("name", _SERVICES)
def test_the_command_is_one_that_is_installed(name: str) -> None:
    program, _, words = _values(name, "ExecStart")[0].partition(" ")
    assert program in {_PROGRAM, _RESTORE_TEST}
    assert program == _RESTORE_TEST or unknown_words(words.replace("%", "x")) == []
    assert _values(name, "User") == ["cellbench"]


def test_the_page_installs_what_the_units_run() -> None:
    page = (DEPLOY / "systemd.md").read_text(encoding="utf-8")
    assert f"deploy/restore-test.sh {_RESTORE_TEST}" in page
    assert "ln -sfn 0.1.0 /opt/cellbench/current" in page
    assert (DEPLOY / "restore-test.sh").stat().st_mode & 0o111


@pytest.mark.parametrize("name", [name for name in _UNITS if name.endswith(".timer")])
def test_a_timer_starts_a_unit_that_is_there_and_makes_up_for_what_it_missed(name: str) -> None:
    assert name.replace(".timer", ".service") in _UNITS
    assert _values(name, "Persistent") == ["true"]
    assert re.fullmatch(r"(Sun )?\*-\*-\* \d\d:\d\d:00", _values(name, "OnCalendar")[0])


def test_every_folder_that_the_units_write_to_is_made() -> None:
    made = re.findall(r"^d (\S+)", (_FOLDER / "tmpfiles.conf").read_text(encoding="utf-8"), re.MULTILINE)
    written = {path for name in _SERVICES for value in _values(name, "ReadWritePaths") for path in value.split()}
    site = {path for path in written if path.startswith("-")}  # may be absent: the step folder, which is mounted
    assert {path.replace("%S", "/var/lib") for path in written - site} <= set(made)
    assert site == {"-/srv/steps"}
