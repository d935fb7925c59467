"""What a chamber does for the runs in it."""

from __future__ import annotations

from dataclasses import replace

from drivers.contracts import ChamberState
from orchestrator.engine.chambers.actions import (
    ChamberAlarm,
    ClearChamberAlarm,
    Confirmed,
    ExplainMember,
    GiveUp,
    GoOn,
    LeaveBatch,
    MakeAgain,
    SetPoint,
    Wait,
)
from orchestrator.engine.chambers.decide_chamber import FOREIGN, ChamberView, decide_chamber
from orchestrator.run_state import RunState
from tests.orchestrator.engine.chambers.chamber_world import NOW, STEP, at_step, chamber, driven, seen, shares, stable

ASKED = {"asked_unix_s": NOW}
SOAKED = [(second, 55.1) for second in range(0, 3601, 30)]


def decide(view: ChamberView, after_s: float = 0.0) -> list[object]:
    return list(decide_chamber(view, NOW + after_s, after_s))


def test_the_set_point_is_written_once_all_have_arrived() -> None:
    assert decide(chamber(at_step(7, 1), at_step(8, 1))) == [SetPoint(55.0, 1.0, (7, 8))]


def test_a_member_still_at_its_segment_is_waited_for() -> None:
    actions = decide(chamber(at_step(7, 1), driven(8, 1)))
    assert actions == [Wait(7, "in oven-1, waits for run 8 (running)")]


def test_a_run_is_told_how_far_the_chamber_is_and_when_the_soak_starts() -> None:
    view = chamber(
        at_step(7, **ASKED), status=seen(50.8, 55.0), wanted_degC=55.0, stability=stable((0, 50.3), (30, 50.8))
    )
    [action] = decide(view, 30)
    assert isinstance(action, Wait)
    assert action.reason.startswith("oven-1 to 55 °C: −4.2 K to go, soak starts at about ")


def test_what_has_been_said_is_not_said_again() -> None:
    view = chamber(at_step(7, **ASKED), status=seen(50.8, 55.0), wanted_degC=55.0, stability=stable((0, 50.8)))
    [told] = decide(view)
    assert isinstance(told, Wait)
    again = chamber(
        at_step(7, **ASKED, reason=told.reason),
        status=seen(50.8, 55.0),
        wanted_degC=55.0,
        stability=stable((0, 50.8)),
    )
    assert decide(again) == []


def test_all_go_on_after_the_whole_soak() -> None:
    view = chamber(
        at_step(7, 1, **ASKED),
        at_step(8, 1, **ASKED),
        status=seen(55.1, 55.0),
        wanted_degC=55.0,
        stability=stable(*SOAKED),
    )
    assert decide(view, 3600) == [GoOn(7), GoOn(8)]


def test_nobody_goes_on_a_sample_too_early() -> None:
    view = chamber(at_step(7, **ASKED), status=seen(55.1, 55.0), wanted_degC=55.0, stability=stable(*SOAKED[:-1]))
    assert not any(isinstance(action, GoOn) for action in decide(view, 3570))


def test_time_out_fails_the_runs_and_says_the_temperature() -> None:
    view = chamber(at_step(7, **ASKED), status=seen(48.0, 55.0), wanted_degC=55.0, stability=stable((0, 48.0)))
    [action] = decide(view, 8 * 3600)
    assert action == GiveUp(7, "oven-1 was not stable at 55 °C within 8 h; its temperature is 48.0 °C")


def test_time_out_counts_while_the_chamber_is_silent() -> None:
    view = ChamberView("oven-1", None, "connection refused", chamber(at_step(7, **ASKED)).holds)
    assert decide(view, 60) == [Wait(7, "oven-1 does not answer: connection refused")]
    [action] = decide(view, 8 * 3600)
    assert isinstance(action, GiveUp)
    assert action.reason.endswith("its temperature is unknown")


def test_a_foreign_set_point_is_told_and_nothing_is_written_over_it() -> None:
    view = chamber(
        at_step(7, **ASKED),
        status=seen(55.0, 40.0),
        wanted_degC=55.0,
        wanted_unix_s=NOW,
        stability=stable(*SOAKED),
    )
    alarm, wait = decide(view, 3600)
    assert isinstance(alarm, ChamberAlarm)
    assert (alarm.severity, alarm.kind) == ("critical", FOREIGN)
    assert wait == Wait(7, "oven-1: the set point is 40 °C, not ours of 55 °C")


def test_a_set_point_just_written_may_take_a_moment() -> None:
    view = chamber(
        at_step(7, **ASKED),
        status=seen(25.0, 25.0),
        wanted_degC=55.0,
        wanted_unix_s=NOW,
        stability=stable((0, 25.0)),
    )
    assert not any(isinstance(action, ChamberAlarm) for action in decide(view, 10))


def test_the_alarm_clears_when_the_set_point_is_ours_again() -> None:
    view = chamber(driven(7), status=seen(55.0, 55.0), wanted_degC=55.0, alarms=frozenset({FOREIGN}))
    assert decide(view) == [ClearChamberAlarm(FOREIGN)]


def test_a_tripped_chamber_is_never_stable() -> None:
    view = chamber(
        at_step(7, **ASKED),
        status=seen(55.0, 55.0, ChamberState.TRIPPED),
        wanted_degC=55.0,
        stability=stable(*SOAKED),
    )
    [action] = decide(view, 3600)
    assert isinstance(action, Wait)
    assert "tripped" in action.reason


def test_a_paused_member_delays_the_others_for_a_set_time_only() -> None:
    paused = driven(8, 1, state=RunState.PAUSED, held_up_since_s=0.0)
    view = chamber(at_step(7, 1), paused, patience_s=7200.0)
    assert decide(view, 7200) == [Wait(7, "in oven-1, waits for run 8 (paused)")]
    [action] = decide(view, 7201)
    assert isinstance(action, LeaveBatch)
    assert action.run_id == 8


def test_a_running_member_is_waited_for_however_long_it_takes() -> None:
    assert decide(chamber(at_step(7, 1), driven(8, 1)), 1e7) == [Wait(7, "in oven-1, waits for run 8 (running)")]


def test_a_member_that_cannot_be_paused_and_still_measures_is_not_left_behind() -> None:
    """Paused later, where the instrument pauses no test: the temperature must not change under it."""
    measures = driven(8, 1, desired="pause", held_up_since_s=0.0)
    [action] = decide(chamber(at_step(7, 1), measures, patience_s=60.0), 1e6)
    assert isinstance(action, Wait)


def test_who_was_left_behind_makes_its_temperature_again_before_it_measures() -> None:
    between = driven(8, state=RunState.STARTING, item=2, passed=1, made=(1, STEP))
    [action] = decide(chamber(between, wanted_degC=10.0, status=seen(10.0, 10.0)))
    assert (type(action), action.run_id, action.item) == (MakeAgain, 8, 1)
    for other in ({"ordered": True}, {"desired": "pause"}, {"state": RunState.PAUSED}, {"made": None}):
        assert decide(chamber(replace(between, **other), wanted_degC=10.0, status=seen(10.0, 10.0))) == []
    assert decide(chamber(between, wanted_degC=55.0, status=seen(55.0, 55.0))) == []


def test_a_member_that_is_past_its_last_temperature_is_waited_for_before_the_next_change() -> None:
    done = driven(8, 1, item=5, passed=2)
    assert decide(chamber(at_step(7, 1, passed=1), done)) == [Wait(7, "in oven-1, waits for run 8 (running)")]


def test_a_second_run_says_for_whom_it_waits() -> None:
    second = at_step(9, state=RunState.QUEUED, item=0)
    actions = decide(chamber(driven(7), second))
    assert actions == [ExplainMember(9, "waits for run 7, which has oven-1")]


def test_a_pause_at_a_temperature_step_holds_the_run_there() -> None:
    view = chamber(at_step(7, **ASKED, desired="pause"), status=seen(55.0, 55.0), stability=stable(*SOAKED))
    assert decide(view, 3600) == [ExplainMember(7, "paused; resume lets it go on")]


def test_a_chamber_that_nobody_holds_is_parked_once() -> None:
    assert decide(chamber(wanted_degC=55.0, park_degC=25.0, status=seen(55.0, 55.0))) == [SetPoint(25.0, None, ())]
    assert decide(chamber(wanted_degC=55.0, park_degC=25.0)) == [Confirmed(25.0)]
    assert decide(chamber(wanted_degC=25.0, park_degC=25.0)) == []
    assert decide(chamber(wanted_degC=None, park_degC=25.0)) == []


def test_a_chamber_is_not_parked_while_anybody_is_in_it() -> None:
    assert decide(chamber(shares(4), status=seen(55.0, 55.0), wanted_degC=55.0, park_degC=25.0)) == []
