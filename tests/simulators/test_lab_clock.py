"""The clock's rules, without any wire."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.lab.clock import LabClock
from simulators.lab.refusal import LabRefusal


class Wall:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


class Wakings(list[tuple[str, float, bool]]):
    def of(self, name: str):
        return lambda now, woken: self.append((name, now, woken))


def test_runs_on_at_its_speed_without_a_node() -> None:
    wall = Wall()
    clock = LabClock(1000.0, 600.0, wall)
    wall.seconds += 2
    assert clock.now_unix_s == 1000.0 + 1200.0
    clock.set_speed(1)
    wall.seconds += 2
    assert clock.now_unix_s == 1000.0 + 1200.0 + 2.0


def test_stands_still_while_a_node_is_awake_and_goes_on_from_there() -> None:
    wall = Wall()
    clock = LabClock(1000.0, 600.0, wall)
    node = clock.attach("node")
    wall.seconds += 50
    assert clock.now_unix_s == 1000.0
    node.detach()
    wall.seconds += 1
    assert clock.now_unix_s == 1600.0


def test_jumps_to_the_earliest_wake_up_only_when_all_sleep() -> None:
    clock, said = LabClock(0.0, 0.0), Wakings()
    a, b = clock.attach("a"), clock.attach("b")
    a.sleep(30.0, said.of("a"))
    assert said == []
    assert clock.now_unix_s == 0.0
    b.sleep(10.0, said.of("b"))
    assert said == [("b", 10.0, False)]
    b.sleep(30.0, said.of("b"))
    assert said[1:] == [("a", 30.0, False), ("b", 30.0, False)]


def test_wake_ends_a_sleep_without_moving_time() -> None:
    clock, said = LabClock(5.0, 0.0), Wakings()
    node, _awake = clock.attach("node"), clock.attach("awake")
    node.sleep(60.0, said.of("node"))
    node.wake()
    assert said == [("node", 5.0, True)]
    node.wake()
    assert len(said) == 1


def test_a_sleep_into_the_past_ends_at_once_and_time_never_goes_back() -> None:
    clock, said = LabClock(50.0, 0.0), Wakings()
    node, _awake = clock.attach("node"), clock.attach("awake")
    node.sleep(20.0, said.of("node"))
    assert said == [("node", 50.0, False)]


def test_the_last_one_awake_that_leaves_lets_the_others_jump() -> None:
    clock, said = LabClock(0.0, 0.0), Wakings()
    sleeper, killed = clock.attach("sleeper"), clock.attach("killed")
    sleeper.sleep(600.0, said.of("sleeper"))
    killed.detach()
    assert said == [("sleeper", 600.0, False)]


def test_a_sleeper_that_leaves_is_not_waited_for_and_not_called() -> None:
    clock, said = LabClock(0.0, 0.0), Wakings()
    a, b = clock.attach("a"), clock.attach("b")
    a.sleep(5.0, said.of("a"))
    a.detach()
    b.sleep(60.0, said.of("b"))
    assert said == [("b", 60.0, False)]


def test_advance_is_for_those_without_a_node() -> None:
    clock = LabClock(0.0, 0.0)
    clock.advance(12.5)
    assert clock.now_unix_s == 12.5
    node = clock.attach("node")
    with pytest.raises(LabRefusal, match="node"):
        clock.advance(1.0)
    node.detach()
    for nonsense in (-1.0, math.inf, math.nan):
        with pytest.raises(LabRefusal):
            clock.advance(nonsense)


def test_refuses_to_sleep_twice_or_for_ever() -> None:
    clock, said = LabClock(0.0, 0.0), Wakings()
    node, _awake = clock.attach("node"), clock.attach("awake")
    with pytest.raises(LabRefusal, match="finite"):
        node.sleep(math.inf, said.of("node"))
    node.sleep(1.0, said.of("node"))
    with pytest.raises(LabRefusal, match="already"):
        node.sleep(2.0, said.of("node"))


@given(st.lists(st.tuples(st.integers(0, 2), st.floats(0, 1e4)), max_size=40))
def test_nobody_oversleeps_and_time_only_grows(naps: list[tuple[int, float]]) -> None:
    """Whatever three nodes sleep, each wakes at its own instant: no jump ever passes one by."""
    clock = LabClock(0.0, 1.0, Wall())
    nodes = [clock.attach(str(n)) for n in range(3)]
    last = 0.0
    for which, nap_s in naps:
        node = nodes[which]
        if node.asleep:
            continue
        due, heard = clock.now_unix_s + nap_s, []
        node.sleep(due, lambda now, _, due=due, heard=heard: heard.append((due, now)))
        assert clock.now_unix_s >= last
        assert all(now == due for due, now in heard)
        assert all(not other.asleep or other.until_unix_s >= clock.now_unix_s for other in nodes)
        assert not all(other.asleep for other in nodes)
        last = clock.now_unix_s
