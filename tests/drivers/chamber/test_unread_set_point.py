"""The set point of a chamber that tells only where its ramp is (F4T over SCPI), on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.chamber.unread_set_point import UnreadSetPoint
from drivers.contracts import Chamber
from drivers.errors import Refused
from tests.drivers.chamber.conftest import LAB_LIMITS, OpenChamber, SetClock
from tests.drivers.chamber.f4t_peer import ACTIVE_SET_POINT, SET_POINT, F4t

SeenAt = Callable[[float], float | None]


@pytest.fixture
def f4t() -> F4t:
    return F4t()


@pytest.fixture
def open_oven(f4t: F4t, chamber: OpenChamber) -> Iterator[Callable[[], Chamber]]:
    with f4t.scpi() as peer:
        yield lambda: chamber(peer.address, transport="scpi", temperature=LAB_LIMITS)


@pytest.fixture
def seen_at(open_oven: Callable[[], Chamber], f4t: F4t, clock: SetClock) -> SeenAt:
    """Sent to 60 degC at 1 K/min; the set point that is told 30 s later, where the ramp is at so many degrees."""
    oven = open_oven()
    oven.set_temperature(60.0, 1.0)

    def seen(active_degC: float) -> float | None:
        f4t.values[ACTIVE_SET_POINT] = active_degC
        clock.now_s += 30.0
        return oven.observe().set_point_degC

    return seen


def test_believed_while_the_ramp_moves_there(seen_at: SeenAt) -> None:
    assert [seen_at(25.0 + 0.5 * step) for step in range(71)] == [pytest.approx(60.0, abs=0.07)] * 71


def test_somebody_else_sends_it_away(seen_at: SeenAt) -> None:
    assert seen_at(30.0) == 60.0
    assert seen_at(29.0) == 29.0
    assert seen_at(28.0) == 28.0


def test_somebody_else_ends_it_half_way(seen_at: SeenAt) -> None:
    assert seen_at(30.0) == 60.0
    assert seen_at(40.0) == 60.0
    assert [seen_at(40.0) for _ in range(3)][-1] == 40.0


def test_somebody_else_changes_it_at_the_end(seen_at: SeenAt) -> None:
    assert seen_at(60.0) == pytest.approx(60.0)
    assert seen_at(45.0) == pytest.approx(45.0)


def test_remembered_by_the_next_process(
    seen_at: SeenAt, open_oven: Callable[[], Chamber], f4t: F4t, clock: SetClock
) -> None:
    assert seen_at(30.0) == 60.0
    f4t.values[ACTIVE_SET_POINT] = 41.0
    clock.now_s += 660.0
    again = open_oven()
    assert again.observe().set_point_degC == 60.0
    assert again.observe().ramping_set_point_degC == pytest.approx(41.0)


def test_a_set_point_that_was_not_taken(open_oven: Callable[[], Chamber], f4t: F4t) -> None:
    f4t.deaf = {SET_POINT}
    with pytest.raises(Refused, match="set point was set to 60 degC, reads 25"):
        open_oven().set_temperature(60.0)


def test_a_set_point_far_from_the_way(open_oven: Callable[[], Chamber], f4t: F4t) -> None:
    oven = open_oven()
    oven.observe()
    f4t.deaf = {SET_POINT}
    f4t.values[ACTIVE_SET_POINT] = 24.0
    with pytest.raises(Refused):
        oven.set_temperature(20.0)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "[1]",
        "\x00",
        '{"target_degC": "warm", "ramp_K_per_min": null}',
        '{"target_degC": NaN, "ramp_K_per_min": null}',
        '{"target_degC": 60, "ramp_K_per_min": 0}',
    ],
)
def test_a_damaged_memory_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "set_point.json").write_text(content, encoding="utf-8")
    assert UnreadSetPoint(tmp_path).seen(33.0, 0.0) == 33.0


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "state").write_text("a file where the folder should be", encoding="utf-8")
    memory = UnreadSetPoint(tmp_path / "state")
    memory.written(60.0, 1.0)
    assert memory.seen(30.0, 0.0) == 60.0
    assert memory.seen(20.0, 1.0) == 20.0
    assert "cannot be written" in caplog.text
