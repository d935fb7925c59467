"""Whatever happens to a channel and its wire: one test per start, stops that stop, and an end to every run."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from drivers.contracts import ChannelState
from orchestrator.engine.decide import CONFIRM_S, UNSTARTED_AFTER_S
from orchestrator.run_state import TERMINAL, RunState
from tests.orchestrator.engine.decide_world import LAG_S, World


class Life(RuleBasedStateMachine):
    """A run from launch to end, with operators, a lossy wire, foreign hands and a dying node."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.interfered = False

    @initialize(start=st.sampled_from(["delivered", "reply lost", "lost"]))
    def begin(self, start: str) -> None:
        self.world.deliver_start = start

    @rule(seconds=st.sampled_from([0.5, LAG_S, 10.0, CONFIRM_S, 61.0]))
    def wait(self, seconds: float) -> None:
        self.world.now += seconds
        if self.world.channel.state is ChannelState.RUNNING:
            self.world.channel.records += int(seconds * 2)
            self.world.touch()
        self.world.tick()

    @rule(desired=st.sampled_from(["run", "pause", "stop"]))
    def order(self, desired: str) -> None:
        if self.world.run.desired != "stop":  # a stop is never taken back
            self.world.run = replace(self.world.run, desired=desired)
        self.world.tick()

    @rule()
    def the_test_ends(self) -> None:
        self.world.channel.end(ChannelState.FINISHED)
        self.world.touch()

    @rule()
    def protection_trips(self) -> None:
        self.world.channel.end(ChannelState.TRIPPED)
        self.world.touch()

    @rule(reachable=st.booleans())
    def wire(self, reachable: bool) -> None:
        self.world.set_reachable(reachable)

    @rule(obeys=st.booleans())
    def temper(self, obeys: bool) -> None:
        self.world.obeys = obeys

    @rule(torn=st.booleans())
    def exchanges(self, torn: bool) -> None:
        self.world.torn = torn

    @rule(start=st.sampled_from(["delivered", "reply lost", "lost"]))
    def next_start(self, start: str) -> None:
        self.world.deliver_start = start

    @precondition(lambda self: self.world.channel.state not in (ChannelState.RUNNING, ChannelState.PAUSED))
    @rule()
    def someone_else_starts(self) -> None:
        self.interfered = True
        self.world.channel.start("a colleague's test")
        self.world.touch()

    @invariant()
    def every_start_has_its_own_tag(self) -> None:
        assert len(self.world.starts) == len(set(self.world.starts))

    @invariant()
    def one_test_of_ours_at_most(self) -> None:
        assert len(self.world.starts) <= 1, "the first start had arrived, and another was sent"

    @invariant()
    def running_only_when_recognised(self) -> None:
        if self.world.run.state in (RunState.RUNNING, RunState.PAUSED, RunState.COMPLETED):
            assert self.world.run.segment.test_id is not None

    @invariant()
    def over_means_everything_settled(self) -> None:
        run = self.world.run
        if run.state in (RunState.COMPLETED, RunState.STOPPED):
            assert run.intents == ()

    @invariant()
    def completed_means_every_record_is_stored(self) -> None:
        run, channel = self.world.run, self.world.channel
        if run.state is RunState.COMPLETED and channel.tag == run.segment.tag:
            assert run.segment.stored == channel.records
            assert channel.state is ChannelState.FINISHED

    @invariant()
    def our_own_test_is_never_taken_for_another(self) -> None:
        if not self.interfered and self.world.run.state is RunState.FAILED:
            assert "foreign" not in str(self.world.run.reason)

    @invariant()
    def failure_tells_a_person(self) -> None:
        if self.world.run.state is RunState.FAILED:
            assert self.world.alarms
            assert self.world.run.reason

    def teardown(self) -> None:
        """With a good wire and an obedient channel, a wanted stop always comes to an end."""
        world = self.world
        world.set_reachable(True)
        world.obeys = True
        world.run = replace(world.run, desired="stop")
        for _ in range(12):
            world.now += UNSTARTED_AFTER_S
            world.tick()
        assert world.run.state in TERMINAL
        if not self.interfered:
            assert world.channel.state not in (ChannelState.RUNNING, ChannelState.PAUSED), "over, but current flows"


Life.TestCase.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase


@given(st.lists(st.floats(1.0, 120.0), min_size=25, max_size=25))
@settings(max_examples=50, deadline=None)
def test_a_lost_start_reply_leads_to_one_test_whenever_one_looks(waits: list[float]) -> None:
    world = World(deliver_start="reply lost")
    world.tick()
    for wait in waits:
        world.now += wait
        world.tick()
    assert world.starts == ["L1#1.0.1"]
    assert world.run.state is RunState.RUNNING


def test_a_start_that_never_arrived_is_given_again_under_a_new_tag_after_30_s() -> None:
    world = World(deliver_start="lost")
    world.tick()
    world.deliver_start = "delivered"
    world.now += UNSTARTED_AFTER_S - 1
    world.tick()
    assert world.starts == []
    world.now += 2
    world.tick()
    assert world.starts == ["L1#1.0.2"]


def test_silence_is_lost_after_its_time_and_found_again() -> None:
    world = World()
    world.tick()
    world.now += 2 * LAG_S
    world.tick()
    assert world.run.state is RunState.RUNNING
    world.set_reachable(False)
    world.now += 59.0
    world.tick()
    assert world.run.state is RunState.RUNNING
    world.now += 2.0
    world.tick()
    assert world.run.state is RunState.LOST
    assert world.alarms == [], "the instrument has one alarm for all of its runs"
    world.set_reachable(True)
    world.tick()
    assert world.run.state is RunState.RUNNING
    assert world.starts == ["L1#1.0.1"]
