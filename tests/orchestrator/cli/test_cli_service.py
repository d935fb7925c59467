from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from orchestrator.cli.watch import follow, print_changes
from orchestrator.client import Client
from orchestrator.store.tables import alarms, analyses, latest, runs
from orchestrator.store.transactions import writing
from orchestrator.web.models.run import RunAnswer
from tests.orchestrator.cli.conftest import Prompt
from tests.orchestrator.launch.bench_lab import NOW, written


def write(prompt: Prompt, *statements: object) -> None:
    assert prompt.engine is not None
    with writing(prompt.engine) as connection:
        for statement in statements:
            connection.execute(statement)  # type: ignore[call-overload]


def test_a_day_at_the_bench(prompt: Prompt, tmp_path: Path) -> None:
    properties = ("--active-mass", "2.75 mg", "--capacity", "3.35 mAh", "--window", "0.01 V", "1.5 V")
    assert "cell L2: SiO@C, 2.75 mg" in prompt.ok("cell", "add", "L2", *properties, "--material", "SiO@C")
    assert "1.13 cm²" in prompt.ok("cell", "change", "L2", "--area", "1.13 cm2")

    said = prompt.ok(
        "run", "formation", "--cell", "L1", "--bench", "A1", "--cell", "L2", "--bench", "A2", "--note", "go"
    )
    assert [line.split("  ")[0] for line in said.splitlines()] == ["run 1", "run 2"]
    assert "formation on L2 at A2 (bts-1/27-21-1-2), " in said

    assert [line.split()[:5] for line in prompt.ok("ls").splitlines()[1:]] == [
        ["2", "formation", "L2", "A2", "queued"],
        ["1", "formation", "L1", "A1", "queued"],
    ]
    assert "go" in prompt.ok("show", 1)
    assert prompt.ok("pause", 1, 2, "--reason", "tea").splitlines()[0] == "run 1: pause requested (queued)"
    assert prompt.ok("resume", "--all").count("resume requested") == 2
    assert prompt.ok("stop", 1) == "run 1: stop requested (queued)\n"
    assert "cycle 0 of" in prompt.ok("watch", "--once")
    assert prompt.ok("cell", "show", "L1").splitlines()[-1].split() == ["1", "formation", "A1", "queued"]
    files = prompt.ok("export", 1, "-o", tmp_path / "out", "--format", "parquet").splitlines()
    assert sorted(Path(file).name for file in files) == sorted(path.name for path in (tmp_path / "out").iterdir())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("formation", "L9", "A1"), "cell L9 is not known"),
        (("rate-ladder", "BARE", "A1"), "needs the active mass"),
        (("formation", "L1", "A9"), "bench A9 is not in the lab file"),
        (("no-such", "L1", "A1"), "no-such"),
        (("mine.yaml", "L1", "A1"), "mine.yaml: No such file"),
    ],
)
def test_a_run_that_cannot_be_is_refused_and_nothing_is_written(
    prompt: Prompt, arguments: tuple[str, str, str], says: str
) -> None:
    protocol, cell, bench = arguments

    lines = prompt.refused("run", protocol, "--cell", cell, "--bench", bench)

    assert says in lines[0]
    assert written(prompt.lab) == (0, 0, 0)


def test_an_occupied_channel_is_refused(prompt: Prompt) -> None:
    there = {"instrument": "bts-1", "channel": "27-21-1-1", "observed_unix_s": NOW, "state": "running"}
    write(prompt, insert(latest).values(**there, native_state="working", tag="Zhang 42"))

    (line,) = prompt.refused("run", "formation", "--cell", "L1", "--bench", "A1")

    assert line.startswith("A1 (bts-1/27-21-1-1) is occupied: test Zhang 42 is there (working)")
    assert written(prompt.lab) == (0, 0, 0)
    assert "Zhang 42" in prompt.ok("channels")


def test_one_order_that_is_refused_does_not_keep_the_others_from_theirs(prompt: Prompt) -> None:
    prompt.ok("run", "formation", "--cell", "L1", "--bench", "A1")

    result = prompt("stop", 7, 1)

    assert result.exit_code == 1
    assert result.stdout == "run 1: stop requested (queued)\n"
    assert result.stderr == "there is no run 7; `cellbench ls` lists them\n"


def test_watch_ends_when_the_runs_end_and_fails_when_one_failed(prompt: Prompt) -> None:
    for _ in range(2):
        prompt.ok("run", "formation", "--cell", "L1", "--bench", "A1")
    states = iter([{"state": "running", "started_unix_s": NOW}, {"state": "completed"}])
    seen: list[list[str]] = []

    def show(found: Sequence[RunAnswer]) -> None:
        print_changes()(found)
        seen.append([run.state for run in found])

    def meanwhile(_seconds: float) -> None:
        write(prompt, update(runs).values(**next(states)))

    with Client(prompt.url) as client:
        last = follow(client, [1, 2], show, 60.0, sleep=meanwhile)

    assert seen == [["queued"] * 2, ["running"] * 2, ["completed"] * 2]
    assert [run.ended for run in last] == [True, True]
    assert "5 cycles" in prompt.ok("watch", 1)
    write(prompt, update(runs).where(runs.c.id == 2).values(state="failed", reason="protection"))
    assert prompt("watch", 1, 2).exit_code == 1
    assert prompt("watch", 1, 2).stderr == "run 2 failed: protection\n"


def test_results_are_tables_and_a_failed_analysis_fails(prompt: Prompt) -> None:
    prompt.ok("run", "formation", "--cell", "L1", "--bench", "A1")
    assert "no analyses" in prompt.ok("results", 1)
    result = {
        "version": 1,
        "values": [{"name": "initial efficiency", "value": 71.25, "unit": "%", "uncertainty": 0.5}],
        "tables": [
            {"name": "cycles", "columns": [{"name": "cycle"}, {"name": "Q", "unit": "mAh"}], "rows": [[1, 3.35]]}
        ],
        "warnings": ["cycle 2 has a gap"],
    }
    done = {"run_id": 1, "name": "cycles", "options": {}, "created_unix_s": NOW}
    write(prompt, insert(analyses).values(**done, state="done", result=result))

    text = prompt.ok("results", 1)

    assert "initial efficiency  71.25 ± 0.5 %" in text
    assert "cycle  Q / mAh" in text
    assert "note: cycle 2 has a gap" in text
    write(prompt, insert(analyses).values(**done | {"name": "retention"}, state="failed", error="no cycles"))
    assert prompt.refused("results", 1) == ["retention failed: no cycles"]
    assert "retention, of run 1: queued" in prompt.ok("results", 1, "--again", "retention")


def test_an_alarm_is_acknowledged_with_a_reason(prompt: Prompt) -> None:
    write(prompt, insert(alarms).values(raised_unix_s=NOW, severity="critical", source="run 1", message="over voltage"))

    assert "over voltage" in prompt.ok("alarms")
    assert prompt.ok("ack", 1, "--reason", "cable", "--as", "ben") == "alarm 1 acknowledged by ben: cable\n"
    assert "open, seen by ben" in prompt.ok("alarms", "--all")
    assert prompt.refused("ack", 2, "--reason", "x") == ["there is no alarm 2; `cellbench alarms` lists them"]


def test_stop_all_tells_the_node_and_the_database(prompt: Prompt) -> None:
    prompt.ok("run", "formation", "--cell", "L1", "--bench", "A1")

    said = prompt.ok("stop", "--all")

    assert "STOP file written" in said
    assert "run 1: stop requested (queued)" in said
    assert (prompt.lab.state_dir / "STOP").is_file()


def test_stop_all_asks_the_service_also_where_the_stop_file_cannot_be_written(prompt: Prompt) -> None:
    prompt.ok("run", "formation", "--cell", "L1", "--bench", "A1")
    (prompt.lab.state_dir / "STOP").mkdir()

    result = prompt("stop", "--all")

    assert result.exit_code == 0
    assert "the STOP file is NOT written" in result.stderr
    assert "run 1: stop requested (queued)" in result.stdout


def test_a_protocol_without_cycles_is_not_counted_in_cycles(prompt: Prompt, tmp_path: Path) -> None:
    file = tmp_path / "rest.yaml"
    file.write_text(
        "cellbench: 1\nprotocol: rest\nlimits: {voltage: [-0.5 V, 5 V], current: 1 mA}\n"
        "record: {every: 1 s}\nsteps:\n  - rest: 5 min\n",
        encoding="utf-8",
    )
    prompt.ok("run", file, "--cell", "L1", "--bench", "A1")

    assert "cycle" not in prompt.ok("watch", "--once", 1)
    assert "\n  not started, 5 min left" in prompt.ok("show", 1)
