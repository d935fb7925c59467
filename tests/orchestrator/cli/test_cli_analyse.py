"""Analyses with other options, of one run and of several, from the prompt."""

from __future__ import annotations

import pytest
from sqlalchemy import insert

from orchestrator.analysis.running import drain
from orchestrator.cli import analyse
from orchestrator.store.tables import cycles
from orchestrator.store.transactions import writing
from tests.orchestrator.analysis.stored_run import cycle_row
from tests.orchestrator.cli.conftest import Prompt
from tests.orchestrator.launch.bench_lab import NOW


@pytest.fixture
def measured(prompt: Prompt, monkeypatch: pytest.MonkeyPatch) -> Prompt:
    """Two runs of three cycles; whoever waits lets the node work meanwhile."""
    prompt.ok("cell", "add", "M1", "--active-mass", "3 mg", "--capacity", "3 mAh", "--window", "0.01 V", "1.5 V")
    prompt.ok("run", "formation", "--cell", "L1", "--bench", "A1", "--cell", "M1", "--bench", "A2")
    assert prompt.engine is not None
    with writing(prompt.engine) as conn:
        for run_id, kept in ((1, 0.9), (2, 0.8)):
            rows = [cycle_row(cycle, 4e-3 * kept**cycle, 5e-3 * kept**cycle) for cycle in (1, 2, 3)]
            conn.execute(insert(cycles), [{"run_id": run_id, **row} for row in rows])
    url = prompt.engine.url.render_as_string(hide_password=False)
    monkeypatch.setattr(analyse.time, "sleep", lambda _seconds: drain(url, "test", lambda: NOW))
    return prompt


def test_options_are_changed_and_every_version_is_listed(measured: Prompt) -> None:
    assert measured.ok("analyse", 1, "retention") == "analysis 1, retention, of run 1: queued\n"
    text = measured.ok("analyse", 1, "retention", "--set", "reference_cycle=2", "--set", "at=3", "--wait")

    assert text.startswith("retention (reference_cycle = 2, at = 3)")
    assert "retention at cycle 3" in text
    assert "90 %" in text
    lines = [line.split() for line in measured.ok("results", 1, "--versions").splitlines()[1:]]
    assert [line[:2] for line in lines] == [["2", "retention"], ["1", "retention"]]
    assert all("done" in line and "cellbench" in line for line in lines)


def test_a_correlation_takes_several_runs_and_options_of_its_analysis(measured: Prompt) -> None:
    measured.ok("cell", "change", "L1", "--set", "alkali_solubility_pct=4.8")
    measured.ok("cell", "change", "M1", "--set", "alkali_solubility_pct=21.7")
    wanted = ("property_name=alkali_solubility_pct", "analysis=retention", "value=retention at the last cycle")
    options = [word for one in (*wanted, "options.reference_cycle=2") for word in ("--set", one)]
    text = measured.ok("analyse", 1, 2, "correlation", *options, "--wait")

    assert "slope" in text
    assert "-0.5917" in text  # (80 % - 90 %) / (21.7 - 4.8)
    assert measured.ok("results", 2).startswith("correlation (")


def test_what_cannot_be_is_refused_in_one_line(measured: Prompt) -> None:
    assert measured.refused("analyse", 1, "cylces")[0].startswith("no analysis is called 'cylces'")
    assert "has no option 'x'" in measured.refused("analyse", 1, "cycles", "--set", "x=1")[0]
    assert measured.refused("analyse", 9, "cycles")[0].startswith("there is no run 9")
    asked = ("analyse", 1, "retention", "--set", "reference_cycle=9", "--wait")
    assert measured.refused(*asked)[0].startswith("retention failed: ")
    mixed = ("analyse", 1, "cycles", "--set", "a=1", "--set", "a.b=2")
    assert measured.refused(*mixed) == ["--set a.b: a is given as one value already"]
