"""Whatever happens around a campaign: one run a bench, one a cell, nothing launched twice, and an end."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orchestrator.campaigns.definition import Campaign, Condition, Step, Timing
from orchestrator.campaigns.view import CampaignView, Finding
from orchestrator.run_state import RunState
from tests.orchestrator.campaigns.campaign_world import ENDED, World, protocol_step

CELLS = ("H1", "M1", "L1")
RULES = ("go_on", "stop_cell", "pause_all", "stop_all")
ICE = Condition("cycles", "initial coulombic efficiency", "formation", "%", above=70.0)


def campaign(rule_: str, together: bool, vsp: int, timing: Timing | None) -> Campaign:
    more = {"if_one_fails": rule_}
    steps = (
        protocol_step("formation", CELLS, (), "neware", **more),
        protocol_step("ladder", CELLS, ("formation",), "neware", when=ICE, **more),
        Step("move", 1, CELLS, ("ladder",), "vsp", prompt="Move {cell} to {bench}", if_one_fails=rule_),  # type: ignore[arg-type]
        protocol_step("eis", CELLS, ("move",), "vsp", together=together and vsp >= len(CELLS), **more),
    )
    pools = {"neware": ("A1", "A2", "A3"), "vsp": tuple(f"P{n + 1}" for n in range(vsp))}
    placed = dict(zip(CELLS, pools["neware"], strict=True))
    return Campaign("any", "", CELLS, pools, {}, placed, steps, timing=timing)


class Life(RuleBasedStateMachine):
    """A campaign from its hand-in to its end, with people, instruments that refuse, and a dying node."""

    @initialize(
        rule_=st.sampled_from(RULES),
        together=st.booleans(),
        vsp=st.integers(1, 3),
        timing=st.sampled_from(
            [None, Timing("Europe/Berlin", start_unix_s=5000.0), Timing("Europe/Berlin", cron="0 * * * *")]
        ),
    )
    def begin(self, rule_: str, together: bool, vsp: int, timing: Timing | None) -> None:
        self.world = World.of(campaign(rule_, together, vsp, timing))
        self.world.look()

    @rule(dies=st.booleans())
    def look(self, dies: bool) -> None:
        self.world.look(dies=dies)

    @rule(seconds=st.sampled_from([1.0, 600.0, 3600.0, 9000.0]), looks=st.booleans())
    def time_passes(self, seconds: float, looks: bool) -> None:
        self.world.now += seconds
        if looks:
            self.world.look()

    @precondition(lambda self: self.world.active())
    @rule(
        data=st.data(),
        state=st.sampled_from([RunState.COMPLETED, RunState.FAILED, RunState.STOPPED, RunState.LOST]),
        dies=st.booleans(),
    )
    def a_run_goes_on(self, data: st.DataObject, state: RunState, dies: bool) -> None:
        self.world.run_becomes(data.draw(st.sampled_from(self.world.active())), state)
        self.world.look(dies=dies)

    @rule(cell=st.sampled_from(CELLS), value=st.sampled_from([82.0, 61.0, None]))
    def an_analysis_is_done(self, cell: str, value: float | None) -> None:
        self.world.analysed(cell, "formation", value)
        self.world.look()

    @precondition(lambda self: self.world.asking())
    @rule(data=st.data())
    def somebody_scans(self, data: st.DataObject) -> None:
        self.world.answer(data.draw(st.sampled_from(self.world.asking())).id)
        self.world.look()

    @rule(desired=st.sampled_from(["run", "pause", "stop"]))
    def order(self, desired: str) -> None:
        self.world.want(desired)
        self.world.look()

    @rule(bench=st.sampled_from(["A1", "A2", "P1"]), held=st.booleans())
    def a_foreign_test(self, bench: str, held: bool) -> None:
        self.world.obstacles.pop(bench, None)
        if held:
            self.world.obstacles[bench] = "bench is occupied"
        self.world.look()

    @invariant()
    def sane(self) -> None:
        if hasattr(self, "world"):
            self.world.assert_sane()
            if self.world.view.state in ("paused", "stopping", *ENDED):
                launched = len(self.world.launches)
                self.world.look()
                assert len(self.world.launches) == launched

    def teardown(self) -> None:
        """Everybody does what is asked of them: the campaign ends, and holds no bench any more."""
        if not hasattr(self, "world"):
            return
        self.world.obstacles.clear()
        for cell in CELLS:
            self.world.findings.setdefault((cell, "formation"), _good())
        self.world.view = _once(self.world.view)
        for _ in range(60):
            if self.world.view.desired == "pause":
                self.world.want("run")
            for run_id in self.world.active():
                self.world.run_becomes(run_id, RunState.COMPLETED)
            for job in self.world.asking():
                self.world.answer(job.id)
            self.world.now += 1800.0
            self.world.look()
            self.world.assert_sane()
            if self.world.view.state in ENDED:
                break
        assert self.world.view.state in ENDED
        assert not self.world.seats
        assert all(job.over for job in self.world.view.jobs)


def _good() -> Finding:
    return Finding(value=80.0, unit="%")


def _once(view: CampaignView) -> CampaignView:
    """A campaign that begins again and again is ended by a person."""
    again = view.campaign.timing is not None and view.campaign.timing.cron is not None
    return replace(view, desired="stop") if again else view


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
