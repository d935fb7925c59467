"""The named crash points stand in the code, each in one place, and have one name each."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from drivers.biologic.crash_points import EclibPoint
from orchestrator.crash_points import ALL_POINTS, Point

ROOT = Path(__file__).parents[2]
DEFINED_IN = {"crash_points.py"}


def test_every_point_stands_in_exactly_one_place() -> None:
    found: Counter[str] = Counter()
    for path in (*(ROOT / "orchestrator").rglob("*.py"), *(ROOT / "drivers").rglob("*.py")):
        if path.name not in DEFINED_IN:
            found.update(re.findall(r"\b(?:Point|EclibPoint)\.[A-Z_]+\b", path.read_text(encoding="utf-8")))
    expected = {f"Point.{point.name}" for point in Point} | {f"EclibPoint.{point.name}" for point in EclibPoint}
    assert found == dict.fromkeys(expected, 1)


def test_names_are_unique_and_fit_into_the_variable() -> None:
    assert len({str(point) for point in ALL_POINTS}) == len(ALL_POINTS)
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", point) for point in ALL_POINTS)
