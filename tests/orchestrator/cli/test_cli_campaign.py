"""Campaigns at the prompt, with a real service behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.campaigns.round import Round
from orchestrator.instruments import open_cycler
from orchestrator.store.tables import events
from orchestrator.store.transactions import reading
from tests.orchestrator.cli.conftest import Prompt
from tests.orchestrator.launch.bench_lab import NOW

CAMPAIGN = """\
cellbench_campaign: 1
campaign: one-cell
cells: [L1]
benches: {first: [A1], second: [A2]}
steps:
  - {name: put-in, prompt: "Put {cell} into {bench}", to: first}
  - {name: formation, protocol: own.yaml, on: first}
  - {name: ladder, protocol: rate-ladder, on: first}
"""
OWN = """\
cellbench: 1
protocol: own
limits: {voltage: [-0.05 V, 3.0 V], current: 5 mA}
steps: [{rest: 10 min}, {charge: {current: 1 mA, until: {voltage: 1.5 V}}}]
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    path = tmp_path / "campaign.yaml"
    path.write_text(CAMPAIGN, encoding="utf-8")
    return path


def look(prompt: Prompt) -> None:
    """As the node does."""
    assert prompt.engine is not None
    cycler = open_cycler(prompt.lab, "bts-1")
    try:
        Round(prompt.lab, prompt.engine, lambda _: cycler, lambda _: None).run(NOW)
    finally:
        cycler.close()


def test_check_needs_no_service(offline: Prompt, file: Path) -> None:
    assert offline.ok("campaign", "check", file) == f"{file}: ok (1 cells, 3 steps, benches of lab.yaml)\n"
    other = offline.refused("campaign", "check", file, "--benches", "second=A9")
    assert other == ["campaign.yaml benches.second: bench A9 is not in the lab file lab.yaml; it has A1, A2"]
    assert offline.refused("campaign", "check", "nothing")[0].startswith("nothing is neither a file nor a campaign")


def test_a_campaign_is_started_followed_answered_and_stopped(prompt: Prompt, file: Path) -> None:
    started = prompt.ok("campaign", "start", file, "--as", "anna")
    assert started == "campaign 1 (one-cell) was handed in; follow it: cellbench campaign show 1\n"
    look(prompt)
    shown = prompt.ok("campaign", "show", 1)
    assert "campaign 1 (one-cell) running" in shown
    assert "asks: Put L1 into A1 (then scan the cell: `cellbench campaign confirm 1 L1`)" in shown
    wrong = prompt.refused("campaign", "confirm", 1, "M1")
    assert wrong == ["M1 is not the cell that is asked for (L1 to A1); nothing was confirmed: scan the right one"]
    assert prompt.ok("campaign", "confirm", 1, "L1", "--bench", "A1") == "campaign 1: confirmed for cell L1\n"
    look(prompt)
    assert "1 queued" in prompt.ok("campaign", "show", 1)
    forecast = prompt.ok("campaign", "forecast").splitlines()
    assert [line.split()[-3:-1] for line in forecast[-3:-1]] == [["1", "one-cell"], ["1", "one-cell"]]
    assert "if conditions are met" in forecast[-1]
    assert prompt.ok("campaign", "pause", 1, "--reason", "lunch") == "campaign 1: pause requested (running)\n"
    look(prompt)
    assert "paused" in prompt.ok("campaign", "ls")
    assert prompt.ok("campaign", "resume", 1) == "campaign 1: resume requested (paused)\n"
    assert prompt.ok("campaign", "stop", 1) == "campaign 1: stop requested (paused)\n"
    assert prompt.refused("campaign", "resume", 1) == ["campaign 1 is being stopped and cannot resume; start it again"]
    assert prompt.engine is not None
    with reading(prompt.engine) as connection:
        said = list(connection.scalars(sa.select(events.c.message).where(events.c.kind == "order")))
    assert any(message.startswith("M1 is not the cell") for message in said)
    assert "campaign 1: pause (lunch)" in said


def test_what_cannot_be_is_one_line_each(prompt: Prompt, file: Path) -> None:
    lines = prompt.refused("campaign", "start", file, "--cells", "all=BARE,NOBODY")
    assert any("cell NOBODY is not known; add it: cellbench cell add NOBODY" in line for line in lines)
    assert any("step ladder, cell BARE: " in line for line in lines)
    assert prompt.refused("campaign", "show", 7) == ["campaign 7 does not exist; `cellbench campaign ls` lists them"]
    assert prompt.ok("campaign", "ls") == "no campaigns\n"
    assert prompt.ok("campaign", "forecast") == "nothing is to come\n"
    assert prompt.refused("campaign", "forecast", 9)[0].startswith("campaign 9 does not exist")
