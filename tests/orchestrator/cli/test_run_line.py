"""The line of a run: what is expected is called so."""

from __future__ import annotations

import pytest

from orchestrator.cli.run_line import cycle_text
from orchestrator.web.models.run import ProgressAnswer, RunAnswer


@pytest.mark.parametrize(
    ("ended", "about", "told"),
    [
        (False, False, "cycle 3 of 180"),
        (False, True, "cycle 3 of about 180"),
        (True, False, "2 of 180 cycles"),
        (True, True, "2 of about 180 cycles"),
    ],
)
def test_cycles_that_are_only_expected_are_told_as_about(*, ended: bool, about: bool, told: str) -> None:
    at = ProgressAnswer.model_construct(cycle=3, cycles_done=2, cycles_total=180, cycles_about=about)
    assert cycle_text(RunAnswer.model_construct(ended=ended, progress=at)) == told
