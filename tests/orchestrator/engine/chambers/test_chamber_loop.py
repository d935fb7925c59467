"""What a chamber's loop does to the chamber and to the database, look by look, and after a death at any moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from drivers.contracts import ChamberState
from drivers.errors import Refused, Unreachable, Unsafe
from orchestrator.engine.chambers.guarded import GuardedChamber
from orchestrator.run_state import RunState
from orchestrator.store.chamber_records import read_chamber
from orchestrator.store.errors import StoreUnavailable
from orchestrator.store.runs import set_state
from orchestrator.store.tables import chambers, runs
from orchestrator.store.transactions import reading, writing
from tests.orchestrator.engine.chambers.chamber_bench import PROTOCOL, ChamberBench

SET = "set_temperature"


@pytest.fixture
def oven(tmp_path: Path) -> Iterator[ChamberBench]:
    bench = ChamberBench(tmp_path)
    bench.node()
    yield bench
    bench.close()


def test_the_intent_is_committed_before_the_set_point_is_written(oven: ChamberBench) -> None:
    seen: list[object] = []
    oven.chamber.before_taking = lambda: seen.extend(oven.intents())
    oven.launch()
    oven.tick()
    assert seen == [(SET, "0", None)]
    assert oven.chamber.taken == [40.0]
    assert (oven.row().wanted_degC, oven.row().holder) == (40.0, "run 1")


def test_it_goes_on_after_the_whole_soak_and_wakes_the_channel(oven: ChamberBench) -> None:
    oven.launch()
    oven.woken.clear()
    for _ in range(7):
        assert oven.tick() == 10.0
        assert oven.run()["state"] == "waiting"
    oven.woken.clear()
    oven.tick()
    assert (oven.run()["state"], oven.run()["item"]) == ("starting", 1)
    assert oven.intents() == [(SET, "0", "reached")]
    assert "bts-1" in oven.woken


def test_an_exchange_that_is_disturbed_at_every_look_begins_no_soak_anew(oven: ChamberBench) -> None:
    oven.launch()
    looks = 0
    while oven.run()["state"] != "starting":
        oven.chamber.disturbed = 1
        oven.tick()
        looks += 1
    assert looks == 8, "as many as on a quiet wire"
    assert not oven.alarms()
    assert not [line for line in oven.told() if "cut off" in line]
    with reading(oven.database) as connection:
        stored = read_chamber(connection, "oven-1", 0.0, oven.clock.now())
    assert len(stored["unix_time_s"]) >= looks


def test_a_chamber_that_is_silent_is_asked_twice_once(oven: ChamberBench) -> None:
    oven.tick()
    oven.chamber.silence, oven.chamber.asked = Unreachable("connection refused"), 0
    oven.tick()
    assert oven.chamber.asked == 2
    oven.tick()
    assert oven.chamber.asked == 3


def test_resuming_a_run_in_its_soak_skips_nothing_of_it(oven: ChamberBench) -> None:
    oven.launch()
    for look in range(8):
        assert (oven.run()["state"], oven.run()["item"]) in (("queued", 0), ("waiting", 0))
        oven.tick()
        if look in (2, 5):
            oven.write(runs.update().values(state="queued", released_unix_s=oven.clock.now()))  # as the API does
    assert (oven.run()["state"], oven.chamber.taken) == ("starting", [40.0])


def test_every_look_is_a_record(oven: ChamberBench) -> None:
    oven.launch()
    for _ in range(4):
        oven.tick()
    with reading(oven.database) as connection:
        looks = read_chamber(connection, "oven-1", 0, 1e12)
    assert looks["process_degC"].tolist() == [25.0, 40.0, 40.0, 40.0]


def test_a_plan_that_ends_with_a_temperature_completes_there(oven: ChamberBench) -> None:
    last = PROTOCOL.replace("  - rest: 1 h\n", "").replace("steps:\n", "steps:\n  - rest: 1 h\n")
    oven.launch(last)
    oven.write(runs.update().values(item=1, state="waiting"))
    for _ in range(8):
        oven.tick()
    assert (oven.run()["state"], oven.run()["item"]) == ("completed", 1)


def test_what_was_written_as_the_process_died_is_seen_and_not_written_again(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    oven.write(chambers.update().values(wanted_degC=None, wanted_unix_s=None))  # as if nobody could note it
    oven.node()
    for _ in range(10):
        oven.tick()
    assert oven.chamber.taken == [40.0]
    assert "oven-1: the set point 40 °C, ordered before, has arrived" in oven.told()
    assert oven.run()["state"] == "starting"
    assert oven.alarms() == []


def test_what_was_not_written_as_the_process_died_is_written(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    oven.write(chambers.update().values(wanted_degC=None, wanted_unix_s=None))
    oven.chamber.status = replace(oven.chamber.status, set_point_degC=25.0, process_degC=25.0)
    oven.node()
    oven.tick()
    assert oven.chamber.taken == [40.0, 40.0]
    assert oven.intents() == [(SET, "0", None)]


def test_a_new_process_takes_up_the_soak_where_the_records_are(oven: ChamberBench) -> None:
    oven.launch()
    for _ in range(4):
        oven.tick()
    oven.node()
    for _ in range(3):
        oven.tick()
        assert oven.run()["state"] == "waiting"
    oven.tick()
    assert oven.run()["state"] == "starting"


def test_a_silence_in_the_soak_begins_it_anew(oven: ChamberBench) -> None:
    oven.launch()
    for _ in range(5):
        oven.tick()
    oven.tick(61.0)
    for _ in range(5):
        oven.tick()
        assert oven.run()["state"] == "waiting"
    oven.tick()
    assert oven.run()["state"] == "starting"


def test_a_chamber_that_does_not_answer_says_so_and_raises_an_alarm_until_it_does(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    oven.chamber.silence = Unreachable("connection refused")
    oven.tick()
    assert oven.run()["reason"] == "oven-1 does not answer: connection refused"
    assert (oven.row().state, oven.row().last_error) == ("unknown", "connection refused")
    assert oven.alarms() == []
    oven.tick(60.0)
    assert oven.alarms() == ["oven-1 has not answered for 70 s: connection refused"]
    oven.chamber.silence = None
    oven.tick()
    assert oven.alarms() == []


def test_a_set_point_that_is_refused_is_told_and_offered_again(oven: ChamberBench) -> None:
    oven.chamber.refusal = Refused("it is in a profile")
    oven.launch()
    oven.tick()
    oven.tick()
    assert oven.run()["reason"] == "oven-1 does not take 40 °C: it is in a profile"
    assert oven.alarms() == ["oven-1 does not take a set point: it is in a profile"]
    assert oven.intents() == [(SET, "0", None)]
    oven.chamber.refusal = None
    oven.tick()
    assert oven.chamber.taken == [40.0]
    oven.tick()
    assert oven.alarms() == []


def test_a_set_point_beyond_the_chambers_limits_fails_the_run_at_once(oven: ChamberBench) -> None:
    oven.chamber.refusal = Unsafe("set point 40 degC is outside -20 … 30 degC")
    oven.launch()
    oven.tick()
    assert (oven.run()["state"], oven.run()["reason"]) == ("failed", "set point 40 degC is outside -20 … 30 degC")
    assert oven.intents() == [(SET, "0", "refused")]
    oven.tick()
    assert oven.chamber.taken == []


def test_time_out_fails_the_run_with_an_alarm(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    oven.chamber.status = replace(oven.chamber.status, process_degC=31.0)
    oven.tick()
    oven.tick(3600.0)
    assert oven.run()["state"] == "failed"
    assert oven.alarms() == ["oven-1 was not stable at 40 °C within 1 h; its temperature is 31.0 °C"]


def test_a_time_out_does_not_run_while_no_node_does(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    oven.clock.unix_s += 10 * 3600.0
    oven.node()
    for _ in range(8):
        oven.tick()
    assert oven.run()["state"] == "starting"


def test_a_run_between_its_temperature_and_its_segment_that_lost_the_chamber_goes_back(oven: ChamberBench) -> None:
    oven.launch()
    oven.write(runs.update().values(item=1, state="starting"), chambers.update().values(wanted_degC=10.0))
    assert oven.blocked() == (
        "oven-1 was sent to 10 °C, this belongs to 40 °C: "
        "what has not begun goes back to that, a paused test is to be stopped"
    )
    for _ in range(7):
        oven.tick()
        assert (oven.run()["item"], oven.run()["state"]) == (0, "waiting")
    oven.tick()
    assert (oven.run()["item"], oven.run()["state"]) == (1, "starting")
    assert (oven.chamber.taken, oven.blocked()) == ([40.0], None)


def test_a_paused_segment_whose_temperature_is_gone_is_not_resumed(oven: ChamberBench) -> None:
    oven.launch()
    oven.write(runs.update().values(item=1, state="paused"), chambers.update().values(wanted_degC=10.0))
    assert str(oven.blocked()).startswith("oven-1 was sent to 10 °C")
    oven.tick()
    assert (oven.run()["item"], oven.run()["state"], oven.chamber.taken) == (1, "paused", [])


@pytest.mark.parametrize("stepped_s", [-3600.0, 3600.0])
def test_a_step_of_the_wall_clock_neither_shortens_nor_lengthens_a_soak(oven: ChamberBench, stepped_s: float) -> None:
    oven.launch()
    for look in range(8):
        assert oven.run()["state"] in ("queued", "waiting")
        oven.tick()
        if look == 3:
            oven.clock.stepped_s = stepped_s
    assert oven.run()["state"] == "starting"


@pytest.mark.parametrize("stepped_s", [-3600.0, 3600.0])
def test_a_step_of_the_wall_clock_neither_hides_a_foreign_set_point_nor_gives_up(
    oven: ChamberBench, stepped_s: float
) -> None:
    oven.launch()
    oven.tick()
    oven.tick(31.0)
    oven.clock.stepped_s = stepped_s
    oven.chamber.status = replace(oven.chamber.status, set_point_degC=10.0)
    oven.tick()
    assert oven.run()["state"] == "waiting"
    [alarm] = oven.alarms()
    assert alarm.startswith("the set point of oven-1 was changed by someone else")


def test_a_pause_at_a_temperature_does_not_use_up_its_time(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    oven.chamber.status = replace(oven.chamber.status, process_degC=31.0)
    oven.write(runs.update().values(desired="pause"))
    oven.tick()
    oven.tick(10 * 3600.0)
    oven.write(runs.update().values(desired="run"))
    oven.tick()
    oven.tick(3500.0)
    assert oven.run()["state"] == "waiting"
    oven.tick(101.0)
    assert oven.run()["state"] == "failed"


def test_somebody_elses_set_point_stops_the_soak_and_is_not_written_over(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    oven.tick(40.0)
    ours = oven.chamber.status
    oven.chamber.status = replace(ours, set_point_degC=10.0)
    for _ in range(10):
        oven.tick()
    assert oven.run()["state"] == "waiting"
    [alarm] = oven.alarms()
    assert alarm.startswith("the set point of oven-1 was changed by someone else: 10 °C instead of 40 °C")
    assert oven.chamber.taken == [40.0]
    oven.chamber.status = ours
    for _ in range(6):
        oven.tick()
        assert oven.run()["state"] == "waiting"
    oven.tick()
    assert (oven.run()["state"], oven.alarms()) == ("starting", [])


def test_a_stop_that_came_between_is_not_undone(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    with writing(oven.database) as connection:
        set_state(connection, 1, RunState.STOPPED, now=oven.clock.now())
    for _ in range(10):
        oven.tick()
    assert oven.run()["state"] == "stopped"


@pytest.mark.parametrize(("state", "age_s"), [("running", 0.0), ("paused", 0.0), ("unknown", 0.0), ("idle", 61.0)])
def test_a_chamber_is_neither_parked_nor_switched_off_while_a_cell_is_driven_or_might_be(
    oven: ChamberBench, state: str, age_s: float
) -> None:
    leave_it_free(oven)
    oven.channels(state, age_s + 10.0 * (age_s > 0))
    oven.tick(0.0)
    assert oven.chamber.taken == [40.0]
    with pytest.raises(Unsafe, match=r"a cell inside is driven, or might be \(bench A1, A2\)"):
        guarded(oven).stop()
    assert oven.chamber.stops == 0


def test_a_chamber_that_is_free_is_parked_once_and_may_be_switched_off(oven: ChamberBench) -> None:
    leave_it_free(oven)
    oven.channels("finished")
    oven.tick()
    oven.tick()
    assert oven.chamber.taken == [40.0, 22.0]
    assert oven.row().holder is None
    guarded(oven).stop()
    assert oven.chamber.stops == 1


@pytest.mark.parametrize(
    "hands_off", [{"set_point_degC": 10.0}, {"state": ChamberState.OFF}, {"state": ChamberState.PROFILE}]
)
def test_a_chamber_that_somebody_else_has_in_hand_is_not_parked(oven: ChamberBench, hands_off: object) -> None:
    leave_it_free(oven)
    oven.channels("finished")
    oven.chamber.status = replace(oven.chamber.status, **hands_off)  # type: ignore[arg-type]
    oven.tick(40.0)
    oven.tick()
    assert (oven.chamber.taken, oven.alarms()) == ([40.0], [])


def test_a_refusal_is_over_when_nobody_wants_the_temperature_any_more(oven: ChamberBench) -> None:
    oven.chamber.refusal = Refused("it is in a profile")
    oven.launch()
    oven.tick()
    oven.tick()
    assert oven.alarms() != []
    oven.write(runs.update().values(state="stopped"))
    oven.tick()
    assert oven.alarms() == []


def test_what_a_chamber_told_while_the_database_was_away_is_stored_later(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    writer = oven.loop._writer
    oven.loop._writer = Away()  # type: ignore[assignment]
    for _ in range(5):
        with pytest.raises(StoreUnavailable):
            oven.tick()
    oven.loop._writer = writer
    oven.tick()
    with reading(oven.database) as connection:
        looks = read_chamber(connection, "oven-1", 0, 1e12)
    assert looks["process_degC"].tolist() == [25.0, *[40.0] * 6]
    oven.tick()
    assert oven.run()["state"] == "starting", "it was looked at all the time"


class Away:
    """A database that takes nothing."""

    async def write(self, change: object) -> None:
        raise StoreUnavailable("disk full")

    async def replay(self) -> None:
        return

    async def keep(self, kind: str, entry: object) -> bool:
        return False


def test_a_chamber_with_a_run_of_ours_under_way_is_not_switched_off(oven: ChamberBench) -> None:
    oven.launch()
    oven.write(runs.update().values(item=1, state="lost"))
    oven.channels("idle")
    with pytest.raises(Unsafe, match="bench A1"):
        guarded(oven).stop()


def test_a_chamber_that_was_never_used_is_left_as_it_is(oven: ChamberBench) -> None:
    oven.channels("idle")
    oven.tick()
    assert oven.chamber.taken == []


def test_a_tripped_chamber_lets_nobody_go_on(oven: ChamberBench) -> None:
    oven.launch()
    oven.tick()
    oven.chamber.status = replace(oven.chamber.status, state=ChamberState.TRIPPED, native_state="limit open")
    for _ in range(10):
        oven.tick()
    assert oven.run()["state"] == "waiting"
    assert oven.run()["reason"] == "oven-1: it is tripped (limit open), it does not go to 40 °C"


def leave_it_free(oven: ChamberBench) -> None:
    """A run has had the chamber and is over."""
    oven.launch()
    oven.tick()
    oven.write(runs.update().values(state="stopped"))


def guarded(oven: ChamberBench) -> GuardedChamber:
    found = oven.loop._chamber
    assert isinstance(found, GuardedChamber)
    return found
