"""A process forked from one with everything imported behaves as a new interpreter does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from orchestrator.testing.forked_process import RunningProcess, start_module

SHOWN = """\
import os
import signal
import sys

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background of a shell
print(os.getpid(), os.getpgrp(), os.environ.get("ODD"), len(os.environ), sys.argv[1:], __name__, flush=True)
print("on stderr", file=sys.stderr, flush=True)
if sys.argv[1:] == ["wait"]:
    signal.pause()
sys.exit(7)
"""

Start = Callable[..., RunningProcess]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every process is a new interpreter")


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Start:
    """Starts the odd module, and writes what it says to ``said`` and ``complained``."""
    (tmp_path / "odd_module.py").write_text(SHOWN, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))

    def started(*arguments: str, environment: Mapping[str, str], own_group: bool = False) -> RunningProcess:
        with (tmp_path / "said").open("wb") as said, (tmp_path / "complained").open("wb") as complained:
            return start_module(
                "odd_module",
                arguments,
                stdout=said.fileno(),
                stderr=complained.fileno(),
                environment=environment,
                own_group=own_group,
            )

    return started


def _python_variables() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith("PYTHON")}


def test_it_has_its_arguments_its_variables_its_files_and_its_exit_code(start: Start, tmp_path: Path) -> None:
    variables = {**_python_variables(), "ODD": "here"}
    process = start("one", environment=variables)
    assert process.wait(120) == 7
    assert process.poll() == 7
    group = os.getpgrp()
    expected = f"{process.pid} {group} here {len(variables)} ['one'] __main__\n"
    assert (tmp_path / "said").read_text(encoding="utf-8") == expected
    assert (tmp_path / "complained").read_text(encoding="utf-8") == "on stderr\n"
    process.kill()  # one that has ended hears nothing, and nobody else is hit


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_has_a_group_of_its_own_and_a_signal_ends_it(start: Start, number: signal.Signals, tmp_path: Path) -> None:
    process = start("wait", environment=os.environ, own_group=True)
    assert process.poll() is None
    assert os.getpgid(process.pid) == process.pid
    while not (tmp_path / "said").read_bytes():
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)
    os.killpg(process.pid, number)
    assert process.wait(120) in (-number, 1), "Python tells KeyboardInterrupt by a traceback and 1"


def test_a_variable_that_only_an_interpreter_heeds_gets_one(start: Start, tmp_path: Path) -> None:
    process = start("one", environment={**os.environ, "PYTHONPATH": str(tmp_path)})
    assert isinstance(process, subprocess.Popen)
    assert process.wait(120) == 7
