import pytest

from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.retention import retention
from tests.orchestrator.analysis.stored_run import MASS_G, cycle_row, half_cell

FADE_PCT = 0.05  # of cycle 1, per cycle


def fading(cycles: int) -> list[dict[str, object]]:
    """Discharge loses 0.05 % of cycle 1 every cycle; charge lies 1 % above it, so discharge is the smaller."""
    rows = []
    for cycle in range(1, cycles + 1):
        discharge_Ah = 2e-3 * (1 - FADE_PCT / 100 * (cycle - 1))
        rows.append(cycle_row(cycle, 1.01 * discharge_Ah, discharge_Ah))
    return rows


def test_a_linear_fade_is_found_again() -> None:
    result = retention(half_cell(fading(600)), threshold_pct=79.98)

    assert result.value("retention at cycle 100").value == pytest.approx(100 - FADE_PCT * 99)
    assert result.value("retention at cycle 500").value == pytest.approx(100 - FADE_PCT * 499)
    assert result.value("retention at the last cycle").value == pytest.approx(100 - FADE_PCT * 599)
    assert result.value("cycle below 79.98 %").value == 402  # 100 - 0.05 (n - 1) < 79.98
    fade = result.value("fade rate")
    assert fade.value == pytest.approx(FADE_PCT)
    assert fade.uncertainty == pytest.approx(0.0, abs=1e-12)
    assert fade.note == "Theil-Sen over cycles 301 to 600"
    assert result.table("retention").column("reversible capacity")[0] == pytest.approx(2.0 / MASS_G)


def test_odd_cycles_do_not_move_the_fade_rate() -> None:
    rows = fading(100)
    for cycle in (60, 75, 90):
        rows[cycle - 1]["discharge_capacity_Ah"] = 0.5e-3
    fade = retention(half_cell(rows)).value("fade rate")

    assert fade.value == pytest.approx(FADE_PCT, rel=0.02)


def test_the_standard_error_grows_with_the_scatter() -> None:
    def scattered(share: float) -> float:
        rows = fading(200)
        for cycle, row in enumerate(rows):
            row["discharge_capacity_Ah"] *= 1 + share * (-1) ** (cycle // 2 % 2)
        return retention(half_cell(rows)).value("fade rate").uncertainty or 0.0

    assert 0 < scattered(1e-4) < scattered(1e-3)


def test_the_reference_cycle_is_named_and_must_be_whole() -> None:
    result = retention(half_cell(fading(20)), reference_cycle=11, at=[11, 20])
    assert result.value("retention at cycle 11").value == pytest.approx(100.0)
    assert (result.value("retention at cycle 20").note or "").startswith("of cycle 11:")

    rows = fading(3)
    rows[1]["gap"] = True
    with pytest.raises(AnalysisError, match="cycle 2 is not whole; name another reference_cycle"):
        retention(half_cell(rows), reference_cycle=2)
    with pytest.raises(AnalysisError, match="cycle 9 is missing"):
        retention(half_cell(rows), reference_cycle=9)


def test_what_a_short_run_cannot_say_is_none_with_the_reason() -> None:
    rows = fading(6)
    rows[4]["complete"] = False
    result = retention(half_cell(rows), at="5, 100")

    assert result.value("retention at cycle 5").note == "the cycle is left out"
    assert result.value("retention at cycle 100").value is None
    assert result.value("retention at cycle 100").note == "the last whole cycle is 6"
    assert result.value("cycle below 80 %").note == "not reached up to cycle 6"
    assert result.value("fade rate").value is None
    assert result.warnings == ("cycle 5 left out: not complete",)


@pytest.mark.parametrize("at", ["100, soon", [0], "1.5"])
def test_cycle_numbers_that_are_none_are_refused(at: object) -> None:
    with pytest.raises(AnalysisError, match=r"^at is"):
        retention(half_cell(fading(3)), at=at)  # type: ignore[arg-type]


def test_one_cycle_number_alone_will_do() -> None:
    assert retention(half_cell(fading(3)), at=2).values[0].name == "retention at cycle 2"
