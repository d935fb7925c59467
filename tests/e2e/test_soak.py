"""`make soak` in short: some kills at random, some at named points, and every record is the instruments'."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from drivers.biologic.crash_points import EclibPoint
from orchestrator.crash_points import Point
from tests.soak.report import report
from tests.soak.soak import Soak

SEED = 7
POINTS = (Point.START_SENT, Point.RECORDS_WRITTEN, Point.CAMPAIGN_WRITTEN, EclibPoint.TAKEN)
AT_RANDOM = 6


@pytest.mark.timeout(900)
def test_ten_kills_in_a_campaign_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    tally, found, campaign = Soak(tmp_path / "soak", AT_RANDOM, POINTS, seconds=None, seed=SEED).run()
    sys.stdout.write(f"{report(tally, found, campaign, seed=SEED)}\n")
    assert found.wrong == []
    assert tally.never_hit == []
    assert sum(tally.kills.values()) == AT_RANDOM + len(POINTS)  # however slow the machine is
    assert campaign.rounds >= 1
    assert found.records > 500
