"""Commands: real programs that get the letter, fail, hang, or are not there."""

from __future__ import annotations

import fcntl
import json
import sys
from pathlib import Path

import pytest

from orchestrator.messages.by_command import send_command
from orchestrator.messages.letter import Letter, Line
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Command

LINE = Line(4, "critical", "run 17", "stop NOT confirmed; $(rm -rf /) `x` | y", 1_767_571_200.0)
LETTER = Letter("bench/siren/1", "bench", (LINE,), 1_767_571_260.0, 2)
KEEP = """
import json, os, sys
kept = {"arguments": sys.argv[2:], "environment": dict(os.environ), "letter": json.load(sys.stdin)}
open(sys.argv[1], "w").write(json.dumps(kept))
"""


def python(code: str, *arguments: str, limit_s: float = 60.0, hidden: tuple[str, ...] = ()) -> Command:
    return Command((sys.executable, "-c", code, *arguments), limit_s, hidden)


def test_a_program_gets_its_arguments_and_the_letter_and_no_shell_sees_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "secret-4711")
    kept = tmp_path / "kept.json"
    send_command(python(KEEP, str(kept), "$HOME;", "*", hidden=("MAIL_PASSWORD",)), LETTER)
    told = json.loads(kept.read_text())
    assert told["arguments"] == ["$HOME;", "*"]
    assert told["letter"]["alarms"][0]["message"] == LINE.message
    environment = told["environment"]
    assert environment["CELLBENCH_STATE"] == "raised"
    assert environment["CELLBENCH_SEVERITY"] == "critical"
    assert environment["CELLBENCH_UNACKNOWLEDGED"] == "2"
    assert "secret-4711" not in json.dumps(told)


def test_a_program_that_fails_is_told_with_its_words() -> None:
    with pytest.raises(NotDelivered, match=r"ends with 3: relay not found"):
        send_command(python("import sys; print('relay not found'); sys.exit(3)"), LETTER)


@pytest.mark.timeout(300)
def test_a_program_that_does_not_end_is_ended_with_its_children(tmp_path: Path) -> None:
    """Both hold one lock, which is free once neither lives any more."""
    held = tmp_path / "held"
    held.touch()
    child = "import time; time.sleep(600)"
    code = f"""
import fcntl, os, subprocess, sys
lock = os.open({str(held)!r}, os.O_RDWR)
fcntl.flock(lock, fcntl.LOCK_EX)
subprocess.run([sys.executable, '-c', {child!r}], pass_fds=[lock])
"""
    with pytest.raises(NotDelivered, match=r"did not end within 1 s and was ended"):
        send_command(python(code, limit_s=1.0), LETTER)
    with held.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the limit of this test is shorter than their lives


def test_what_goes_on_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    let_go, gone = tmp_path / "let go", tmp_path / "gone"
    child = f"""
import pathlib, time
until = time.monotonic() + 120
while not pathlib.Path({str(let_go)!r}).exists() and time.monotonic() < until:
    time.sleep(0.02)
pathlib.Path({str(gone)!r}).touch()
"""
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {child!r}])"
    send_command(python(f"import warnings; warnings.simplefilter('ignore'); {code}", limit_s=60.0), LETTER)
    assert not gone.exists()
    let_go.touch()


def test_a_program_that_is_not_there_is_said() -> None:
    with pytest.raises(NotDelivered, match="cannot be started"):
        send_command(Command(("/nowhere/siren",)), LETTER)
