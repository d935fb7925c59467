"""``make soak``: kill the service again and again in the middle of a campaign, print the figures, fail on any loss."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from orchestrator.crash_points import ALL_POINTS
from tests.soak.report import report
from tests.soak.soak import Soak

_EVERY = "every"


def main() -> int:
    """Run one soak. Returns 1 where anything is missing, doubled or left open, or a point was never hit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="kill -9 at random moments")
    parser.add_argument("--points", default=_EVERY, help="named crash points, separated by commas; every, or none")
    parser.add_argument("--seconds", type=float, help="begin no further kill after so many; else: every kill and point")
    parser.add_argument("--seed", type=int, default=20260105)
    parser.add_argument("--database", help="URL of an empty PostgreSQL database, whose connections are reset, too")
    parser.add_argument("--keep", type=Path, help="a new folder in which everything is left behind")
    wanted = parser.parse_args()
    names = {"none": []}.get(wanted.points, wanted.points.split(","))
    points = [point for point in ALL_POINTS if names == [_EVERY] or point in names]
    with tempfile.TemporaryDirectory() as folder:
        place = (wanted.keep or Path(folder)) / "soak"
        soak = Soak(place, wanted.kills, points, wanted.seconds, wanted.seed, wanted.database)
        tally, found, campaign = soak.run()
    sys.stdout.write(report(tally, found, campaign, seed=wanted.seed) + "\n")
    return 1 if found.wrong or tally.never_hit else 0


if __name__ == "__main__":
    sys.exit(main())
