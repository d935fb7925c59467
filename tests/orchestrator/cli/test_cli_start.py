from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import click
import httpx
import pytest
from click.testing import CliRunner

from orchestrator.cli import cellbench
from orchestrator.cli.commands import COMMANDS
from tests.orchestrator.launch.bench_lab import make_lab
from tests.orchestrator.web.served import served

HELP_S = 0.4
COMMAND = [sys.executable, "-m", "orchestrator.cli"]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, **environment},
    )


def test_help_is_there_at_once() -> None:
    """Processor time, which a busy machine does not stretch; the least of three."""
    spent_s = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert run("--help").returncode == 0
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent_s.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)

    assert min(spent_s) <= HELP_S


def test_help_names_every_command_and_imports_none() -> None:
    code = "import sys; from orchestrator.cli import cellbench; cellbench.main(['--help'])"
    check = f"import atexit, sys; atexit.register(lambda: print(sorted(sys.modules), file=sys.stderr)); {code}"
    result = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=300, check=True)

    assert all(f"  {name} " in result.stdout for name in COMMANDS)
    heavy = {"numpy", "pydantic", "sqlalchemy", "httpx", "fastapi", "rich", "yaml", "orchestrator.cli.run"}
    assert not [name for name in heavy if f"'{name}'" in result.stderr]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_says_what_the_command_itself_says(name: str) -> None:
    command = cellbench.get_command(click.Context(cellbench), name)

    assert command is not None
    assert command.name == name
    assert CliRunner().invoke(cellbench, [name, "--help"]).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("frob",), "No such command 'frob'"),
        (("ls", "--frob"), "cellbench ls: No such option"),
        (("run", "formation"), "cellbench run: Missing option '--cell'"),
        (("watch", "x"), "'x' is not a valid integer"),
        (("run", "formation", "--cell", "a", "--cell", "b", "--bench", "A1"), "they go in pairs"),
        (("run", "formation", "--cell", "a", "--bench", "A1", "--set", "x"), "'x' is not NAME=VALUE"),
        (("plan", "formation", "--active-mass", "2,75 mg"), '"2,75 mg" has a decimal comma; write 2.75 mg'),
        (("plan", "formation", "--capacity", "50 %"), "is not absolute"),
        (("stop",), "name the runs to stop, or --all"),
        (("pause", "1", "--all"), "name the runs to pause, or --all"),
    ],
)
def test_wrong_usage_is_one_line_and_code_2(arguments: tuple[str, ...], says: str) -> None:
    result = CliRunner(env={"CELLBENCH_URL": "http://127.0.0.1:9"}).invoke(cellbench, arguments)

    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert says in line


def test_a_bug_is_one_line_too(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import orchestrator.cli.ls\norchestrator.cli.ls.open_client = None\n")
    paths = os.pathsep.join([str(tmp_path), *filter(None, sys.path)])

    short = run("ls", PYTHONPATH=paths)
    long = run("ls", PYTHONPATH=paths, CELLBENCH_TRACEBACK="1")

    assert short.returncode == long.returncode == 1
    assert short.stderr.startswith("internal error: TypeError")
    assert len(short.stderr.splitlines()) == 1
    assert "Traceback" in long.stderr


def test_a_closed_pipe_is_no_error() -> None:
    with subprocess.Popen([*COMMAND, "schema"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_serve_runs_both_processes_and_ends_them(tmp_path: Path, free_port: int) -> None:
    lab = make_lab(tmp_path, clock="system", port=free_port)
    with subprocess.Popen([*COMMAND, "serve", "--lab", str(lab.path)], stderr=subprocess.PIPE) as process:
        try:
            answer = _patient_get(f"{lab.web.url}/api/v1/health", process)
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(300) == 0

    assert answer.json()["database"] == "ok"
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{lab.web.url}/api/v1/health")


def test_serve_says_why_it_cannot_start(tmp_path: Path) -> None:
    first = make_lab(tmp_path, clock="system", port=0)
    from tests.orchestrator.launch.bench_lab import fill

    fill(first)
    with served(first) as (url, _):
        lab = make_lab(tmp_path, clock="system", port=int(url.rpartition(":")[2]))
        result = run("serve", "--lab", str(lab.path))

    assert result.returncode == 1
    assert "is the service running already?" in result.stderr
    assert "web ended with exit code 3" in result.stderr


def _patient_get(url: str, process: subprocess.Popen[bytes]) -> httpx.Response:
    """Ask until somebody answers; connecting is retried with a growing pause by the transport."""
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), timeout=120) as http:
        assert process.poll() is None
        return http.get(url)


def test_the_reference_names_every_command() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")

    assert not [name for name in COMMANDS if f"`{name}" not in page]
