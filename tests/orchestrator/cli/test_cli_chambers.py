"""Chambers, batches and prompts at the prompt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from orchestrator.config import read_lab
from orchestrator.store.chambers import chambers_known, update_chamber
from orchestrator.store.instruments import Instrument, Latest, upsert_instruments, upsert_latest
from orchestrator.store.prompts import raise_prompt
from orchestrator.store.tables import runs
from orchestrator.store.transactions import writing
from tests.orchestrator.cli.conftest import Prompt
from tests.orchestrator.engine.chambers.chamber_bench import LAB, PROTOCOL
from tests.orchestrator.launch.bench_lab import NOW, fill
from tests.orchestrator.web.served import served

GOING = "oven-1 to 40 °C: −4.2 K to go, soak starts at about 14:20"


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Prompt]:
    (tmp_path / "lab.yaml").write_text(LAB, encoding="utf-8")
    lab = read_lab(tmp_path / "lab.yaml")
    fill(lab)
    with served(lab) as (url, engine):
        yield Prompt(lab, url, engine)


def launch(prompt: Prompt, source: str, *pairs: str) -> str:
    path = prompt.lab.path.parent / "made.yaml"
    path.write_text(source, encoding="utf-8")
    return prompt.ok("run", path, *(word for pair in pairs for word in pair.split()))


def waiting(prompt: Prompt, reason: str) -> None:
    assert prompt.engine is not None
    with writing(prompt.engine) as connection:
        connection.execute(update(runs).where(runs.c.id == 1).values(state="waiting", reason=reason))
        chambers_known(connection, ["oven-1"], simulated=True)
        seen = {"state": "running", "process_degC": 35.8, "set_point_degC": 40.0, "seen_unix_s": NOW}
        update_chamber(connection, "oven-1", holder="batch 1 (runs 1, 2)", **seen)
        upsert_instruments(connection, [Instrument("bts-1", "neware", "192.0.2.10:502")])
        upsert_latest(connection, [Latest("bts-1", "27-21-1-1", NOW, "finished", "finish")])


def test_what_a_chamber_is_doing_for_whom(prompt: Prompt) -> None:
    said = launch(prompt, PROTOCOL, "--cell L1 --bench A1", "--cell BARE --bench A2")
    assert said.splitlines()[0].partition(", done")[0].endswith(", in batch 1 in oven-1")
    waiting(prompt, GOING)
    header, first, second = prompt.ok("chambers").splitlines()
    assert header.split() == ["chamber", "state", "is", "at", "set", "to", "held", "by", "waits", "for", "seen"]
    assert first.split("  ")[0] == "oven-1"
    for part in ("running", "35.8 °C", "40.0 °C", "batch 1 (runs 1, 2)", GOING, "0 s ago"):
        assert part in first
    assert second.split() == ["oven-2", "unknown", "-", "-", "nobody", "-", "-"]


def test_the_wait_stands_in_every_list(prompt: Prompt) -> None:
    launch(prompt, PROTOCOL, "--cell L1 --bench A1")
    waiting(prompt, GOING)
    for command in (["ls"], ["show", 1], ["watch", "--once"]):
        assert GOING in prompt.ok(*command)
    assert "→ chamber 1: 40 degC within 0.5 K" in prompt.ok("show", 1)


def test_a_channel_whose_run_waits_is_not_free(prompt: Prompt) -> None:
    launch(prompt, PROTOCOL, "--cell L1 --bench A1")
    waiting(prompt, GOING)
    [line] = [line for line in prompt.ok("channels").splitlines() if line.startswith("A1")]
    assert "held (finished)" in line
    assert "run 1 (waiting)" in line


def test_a_prompt_is_confirmed(prompt: Prompt) -> None:
    launch(prompt, PROTOCOL.replace("steps:\n", "steps:\n  - prompt: Close the door\n"), "--cell L1 --bench A1")
    waiting(prompt, "Close the door")
    assert prompt.engine is not None
    with writing(prompt.engine) as connection:
        raise_prompt(connection, 1, 0, "Close the door", now=NOW)
    assert prompt.refused("resume", 1) == ["run 1 waits for a person to act: when it is done, `cellbench confirm 1`"]
    assert prompt.ok("confirm", 1, "--reason", "closed") == "run 1: confirmed\n"
    assert prompt.refused("confirm", 1) == ["run 1 (waiting) asks nobody to confirm anything"]
    prompt.refused("confirm", code=2)
    assert "confirmed: Close the door (closed)" in prompt.ok("show", 1)


def test_a_bench_in_no_chamber_is_refused_in_one_line(prompt: Prompt) -> None:
    path = prompt.lab.path.parent / "made.yaml"
    path.write_text(PROTOCOL, encoding="utf-8")
    for command in (["run", path, "--cell", "L1", "--bench", "A4"], ["plan", path, "--cell", "L1", "--bench", "A4"]):
        [line] = prompt.refused(*command)
        assert "A4 (bts-1/27-21-1-4) is in no chamber; benches in a chamber: oven-1: A1, A2; oven-2: A3" in line
