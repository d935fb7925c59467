"""What the legends of spectra say."""

from __future__ import annotations

from typing import cast

from orchestrator.analysis.result import Column, Scalar, Table
from orchestrator.report.figures.spectra import spectra_of
from orchestrator.report.measured_run import MeasuredRun

POINTS = Table("points", (Column("spectrum"), Column("frequency", "Hz")), tuple((n, 1.0 * n) for n in range(1, 5)))


class _Fitted:
    def __init__(self, *rows: tuple[Scalar, ...]) -> None:
        columns = (Column("spectrum"), Column("temperature", "degC"), Column("label"))
        self._tables = {"spectra": Table("spectra", columns, rows), "points": POINTS}

    def table(self, _analysis: str, name: str) -> Table:
        return self._tables[name]


def _names(*rows: tuple[Scalar, ...]) -> list[tuple[int, str]]:
    return [(one.number, one.name) for one in spectra_of(cast("MeasuredRun", _Fitted(*rows)))]


def test_the_coldest_comes_first_by_its_temperature() -> None:
    assert _names((1, 25.0, "eis"), (2, 0.04, "eis")) == [(2, "0 °C"), (1, "25 °C")]


def test_spectra_at_one_temperature_are_told_apart_in_the_order_they_were_measured() -> None:
    warm, like = (1, 25.01, "eis"), (2, 24.997, "eis")
    assert _names((3, 40.0, "eis"), like, warm) == [(1, "25 °C (1)"), (2, "25 °C (2)"), (3, "40 °C")]


def test_without_a_temperature_the_label_tells_or_the_number() -> None:
    assert _names((1, None, "fresh"), (2, None, "aged")) == [(1, "fresh"), (2, "aged")]
    assert _names((1, None, "eis"), (2, None, "eis")) == [(1, "eis (1)"), (2, "eis (2)")]
    assert _names((4, None, None)) == [(4, "spectrum 4")]
