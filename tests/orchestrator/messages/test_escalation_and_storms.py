"""What people are told of alarms: once, in time, together; the next one when nobody comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.messages.receiver import Command, Receiver, Webhook
from orchestrator.store.tables import alarms, messages, outlets
from tests.orchestrator.messages.message_bench import MessageBench, bench

MAIL = Receiver("mail", Webhook("http://127.0.0.1:9"))
CHAT = Receiver("chat", Webhook("http://127.0.0.1:9"), "critical")
BOSS = Receiver("boss", Webhook("http://127.0.0.1:9"), "critical", after_s=900)
SIREN = Receiver("siren", Command(("siren",)), "critical", after_s=1800)


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[MessageBench]:
    with bench(tmp_path, MAIL, CHAT, BOSS, SIREN) as made:
        yield made


def test_an_alarm_is_told_once_however_often_it_is_raised(lab: MessageBench) -> None:
    for _ in range(50):
        lab.raised("run 17", "stop NOT confirmed")
        lab.pass_time(10, 10)
    assert lab.told("mail") == ["raised: run 17"]
    assert lab.told("chat") == ["raised: run 17"]


def test_a_warning_reaches_only_those_who_want_warnings(lab: MessageBench) -> None:
    lab.raised("bts-1", "silent", "warning")
    lab.pass_time(3600, 60)
    assert [lab.told(one) for one in ("mail", "chat", "boss", "siren")] == [["raised: bts-1"], [], [], []]


def test_a_warning_that_becomes_critical_reaches_the_others_too(lab: MessageBench) -> None:
    lab.raised("bts-1", "silent", "warning")
    lab.pass_time(60)
    lab.raised("bts-1", "silent", "critical")
    lab.pass_time(60)
    assert lab.told("mail") == ["raised: bts-1"]
    assert lab.told("chat") == ["raised: bts-1"]


def test_nobody_comes_and_the_next_are_told_each_in_its_time(lab: MessageBench) -> None:
    lab.raised("run 17")
    lab.pass_time(890, 10)
    assert lab.told("boss") == []
    lab.pass_time(30, 10)
    assert lab.told("boss") == ["raised: run 17"]
    assert "seen by nobody for 15 min" in lab.attempts[-1][1].text()
    assert lab.told("siren") == []
    lab.pass_time(900, 10)
    assert lab.told("siren") == ["raised: run 17"]


def test_the_node_is_away_at_the_time_of_escalation_and_tells_when_it_is_back(lab: MessageBench) -> None:
    lab.raised("run 17")
    lab.pass_time(5)
    lab.kill()
    lab.clock.unix_s += 1000
    lab.node()
    lab.pass_time(5)
    assert lab.told("boss") == ["raised: run 17"]


def test_who_is_acknowledged_is_escalated_to_nobody_and_those_told_hear_who_and_why(lab: MessageBench) -> None:
    alarm = lab.raised("run 17")
    lab.pass_time(600, 10)
    lab.acknowledged(alarm)
    lab.pass_time(3600, 60)
    assert lab.told("mail") == ["raised: run 17", "acknowledged: run 17"]
    assert "acknowledged by anna: cable replaced" in lab.attempts[-1][1].text()
    assert lab.told("boss") == lab.told("siren") == []


def test_what_is_over_is_told_to_those_who_were_told_and_escalated_to_nobody(lab: MessageBench) -> None:
    lab.raised("bts-1")
    lab.pass_time(600, 10)
    lab.cleared("bts-1")
    lab.pass_time(3600, 60)
    assert lab.told("mail") == lab.told("chat") == ["raised: bts-1", "cleared: bts-1"]
    assert lab.told("boss") == []
    assert lab.rows(sa.select(alarms.c.told_unix_s))[0]["told_unix_s"] is not None


def test_an_alarm_that_flaps_is_told_once_and_its_end_once(lab: MessageBench) -> None:
    for _ in range(15):
        lab.raised("bts-1", "silent")
        lab.pass_time(30, 10)
        lab.cleared("bts-1")
        lab.pass_time(60, 10)
    lab.pass_time(400, 10)
    assert lab.told("mail") == ["raised: bts-1", "cleared: bts-1"]
    assert "came 15 times" in lab.attempts[-1][1].text()


def test_an_alarm_that_flaps_escalates_while_it_is_there(lab: MessageBench) -> None:
    for _ in range(12):
        lab.raised("bts-1", "silent")
        lab.pass_time(80, 10)
        lab.cleared("bts-1")
        lab.pass_time(10, 10)
    assert lab.told("boss") == ["raised: bts-1"]


def test_what_was_over_and_comes_back_later_is_a_new_alarm(lab: MessageBench) -> None:
    for _ in range(2):
        lab.raised("bts-1", "silent")
        lab.pass_time(60, 10)
        lab.cleared("bts-1")
        lab.pass_time(400, 10)
    assert lab.told("mail") == ["raised: bts-1", "cleared: bts-1"] * 2


def test_a_storm_is_two_letters_not_a_thousand(lab: MessageBench) -> None:
    lab.storm(0, 500)
    lab.pass_time(10, 5)
    lab.storm(500, 900)
    lab.pass_time(60, 20)
    letters = [letter for name, letter in lab.attempts if name == "chat"]
    assert [len(letter.lines) for letter in letters] == [500, 400]
    assert "(and 499 more)" in letters[0].subject()
    assert "and 450 more; `cellbench alarms` lists all" in letters[0].text()


def test_a_dead_receiver_is_tried_ever_more_slowly_and_in_the_end_gets_all_of_it_once(lab: MessageBench) -> None:
    lab.broken = {"mail"}
    lab.raised("run 17", severity="warning")
    lab.pass_time(7200, 30)
    tries = len(lab.told("mail"))
    assert 20 < tries < 40
    lab.raised("run 18", severity="warning")
    lab.broken = set()
    lab.pass_time(400, 20)
    assert lab.told("mail")[tries:] == ["raised: run 17", "raised: run 18"]
    keys = {letter.key for name, letter in lab.attempts[: tries + 1] if name == "mail"}
    assert len(keys) == 1, "every attempt at one letter has one key"


def test_what_does_not_get_through_goes_to_the_next_and_is_itself_an_alarm(lab: MessageBench) -> None:
    lab.broken = {"mail", "chat"}
    lab.raised("run 17")
    lab.pass_time(60)
    assert lab.told("boss")[0].startswith("raised: run 17")
    failing = lab.rows(sa.select(outlets).where(outlets.c.failures > 0).order_by(outlets.c.name))
    assert [(one["name"], one["last_error"]) for one in failing] == [
        ("chat", "nobody listens"),
        ("mail", "nobody listens"),
    ]
    open_ones = lab.rows(sa.select(alarms.c["source", "message"]).where(alarms.c.cleared_unix_s.is_(None)))
    assert {
        "source": "receiver mail",
        "message": "takes no messages, others are told instead: nobody listens",
    } in open_ones
    lab.broken = set()
    lab.pass_time(400)
    assert lab.rows(sa.select(alarms.c.id).where(alarms.c.cleared_unix_s.is_(None), alarms.c.source != "run 17")) == []


def test_one_of_two_has_taken_it_and_the_next_is_left_in_peace(lab: MessageBench) -> None:
    lab.broken = {"mail"}
    lab.raised("run 17")
    lab.pass_time(600, 10)
    assert lab.told("chat") != []
    assert "raised: run 17" not in lab.told("boss")


def test_of_its_own_failure_a_receiver_is_never_told(lab: MessageBench) -> None:
    lab.broken = {"mail"}
    lab.raised("run 17", severity="warning")
    lab.pass_time(600, 10)
    assert not any("receiver mail" in letter for letter in lab.told("mail"))
    assert lab.told("chat") == ["raised: receiver mail"]


def test_a_restart_in_the_middle_sends_nothing_twice_and_forgets_nothing(lab: MessageBench) -> None:
    lab.broken = {"chat"}
    lab.raised("run 17")
    lab.pass_time(10)
    for _ in range(5):
        lab.node()
        lab.pass_time(20)
    lab.broken = set()
    lab.node()
    lab.pass_time(400, 5)
    assert lab.told("mail").count("raised: run 17") == 1
    waiting = lab.rows(sa.select(messages).where(messages.c.taken_wall_unix_s.is_(None)))
    assert waiting == []


def test_killed_between_taken_and_noted_it_comes_again_under_the_same_key(lab: MessageBench) -> None:
    class KilledError(Exception):
        """The process is gone."""

    def kill(*_: object) -> None:
        raise KilledError

    lab.attempt = kill
    lab.raised("run 17")
    with pytest.raises(KilledError):
        lab.pass_time(5)
    lab.attempt = None
    lab.node()
    lab.pass_time(5)
    letters = [letter for name, letter in lab.attempts if name == "mail"]
    assert len(letters) == 2
    assert letters[0].key == letters[1].key
    assert letters[0].lines == letters[1].lines


def test_the_wall_clock_is_set_back_and_delays_nothing(lab: MessageBench) -> None:
    lab.broken = {"mail"}
    lab.raised("run 17")
    lab.pass_time(100)
    lab.broken = set()
    lab.clock.wall_unix_s -= 86_400
    lab.pass_time(2)
    assert lab.rows(sa.select(messages.c.id).where(messages.c.taken_wall_unix_s.is_(None))) == []


def test_the_siren_hears_how_many_are_seen_by_nobody(lab: MessageBench) -> None:
    first, _ = lab.raised("run 17"), lab.raised("run 18")
    lab.raised("bts-1", "silent", "warning")
    lab.pass_time(1900, 10)
    letters = [letter for name, letter in lab.attempts if name == "siren"]
    assert [letter.unacknowledged for letter in letters] == [2]
    lab.acknowledged(first)
    lab.pass_time(60, 10)
    assert [letter.unacknowledged for name, letter in lab.attempts if name == "siren"] == [2, 1]


@pytest.mark.parametrize("stepped_s", [-3600.0, 3600.0])
def test_a_clock_that_is_set_neither_hurries_nor_delays_the_next(lab: MessageBench, stepped_s: float) -> None:
    lab.raised("run 17")
    lab.pass_time(600, 10)
    lab.clock.stepped_s = stepped_s
    lab.pass_time(290, 10)
    assert lab.told("boss") == []
    lab.pass_time(30, 10)
    assert lab.told("boss") == ["raised: run 17"]


@pytest.mark.parametrize("stepped_s", [-3600.0, 3600.0])
def test_an_end_is_told_in_its_time_though_the_clock_is_set_meanwhile(lab: MessageBench, stepped_s: float) -> None:
    lab.raised("bts-1", "silent", "warning")
    lab.pass_time(60, 10)
    lab.cleared("bts-1")
    lab.pass_time(60, 10)
    lab.clock.stepped_s = stepped_s
    lab.pass_time(220, 10)
    assert lab.told("mail") == ["raised: bts-1"]
    lab.pass_time(90, 10)
    assert lab.told("mail") == ["raised: bts-1", "cleared: bts-1"]
