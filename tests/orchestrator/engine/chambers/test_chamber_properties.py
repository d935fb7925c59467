"""A chamber and its runs at random: they fail, are paused, stopped, lost; the chamber goes silent, and lags behind.

Whatever happens: nobody goes on before a whole soak was measured, no set point is written while a run of the group is
still measuring, and never do two groups have the chamber.
"""

from __future__ import annotations

from dataclasses import replace

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from drivers.contracts import ChamberState, ChamberStatus
from orchestrator.engine.chambers import actions as act
from orchestrator.engine.chambers.decide_chamber import ChamberView, decide_chamber
from orchestrator.engine.chambers.holds import find_holds
from orchestrator.engine.chambers.member import Member
from orchestrator.engine.chambers.stability import Stability
from orchestrator.run_state import TERMINAL, RunState
from protocols.plan import SetTemperature

LOOK_S, SOAK_S, GIVE_UP_S = 10.0, 60.0, 3600.0
BATCHES = {1: 1, 2: 1, 3: None, 4: 2, 5: 2}
TARGETS = (40.0, 10.0)
"""Every plan: 40 degC, measure, 10 degC, measure."""
_RUNS = st.sampled_from(sorted(BATCHES))


def step_at(item: int) -> SetTemperature | None:
    return None if item % 2 else SetTemperature(TARGETS[item // 2], 0.5, SOAK_S, None, GIVE_UP_S, line=item)


def place(member: Member, item: int) -> Member:
    return replace(member, item=item, step=step_at(item), passed=(item + 1) // 2, asked_unix_s=None, intent_id=None)


class ChamberMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.air = self.set_point = 25.0
        self.answers = self.took = True
        self.wanted: tuple[float, float] | None = None
        self.looks: list[tuple[float, float]] = []
        self.held_up: dict[int, float] = {}
        self.parked = 0
        self.runs = {
            run_id: place(Member(run_id, RunState.QUEUED, "run", 0, 2, 0, batch_id=batch), 0)
            for run_id, batch in BATCHES.items()
        }

    def members(self) -> list[Member]:
        live = [member for member in self.runs.values() if member.state not in TERMINAL]
        self.held_up = {m.run_id: self.held_up.get(m.run_id, self.now) for m in live if m.held_up}
        return [replace(member, held_up_since_s=self.held_up.get(member.run_id)) for member in live]

    @rule(looks=st.integers(1, 20))
    def time_passes(self, looks: int) -> None:
        for _ in range(looks):
            self.now += LOOK_S
            self.air += max(-3.0, min(3.0, self.set_point - self.air))
            if self.answers:
                self.looks.append((self.now, self.air))
            self.tick()

    @rule()
    def a_while_passes(self) -> None:
        self.answers = self.took = True
        self.time_passes(30)

    @rule()
    def every_segment_ends(self) -> None:
        for run in sorted(self.runs):
            self.a_segment_ends(run)

    @rule(answers=st.booleans(), took=st.booleans())
    def wires(self, answers: bool, took: bool) -> None:
        self.answers, self.took = answers, took

    @rule(run=_RUNS)
    def a_segment_ends(self, run: int) -> None:
        member = self.runs[run]
        if member.state is RunState.RUNNING and member.step is None:
            over = member.item == 3
            self.runs[run] = replace(
                member if over else place(member, member.item + 1),
                state=RunState.COMPLETED if over else RunState.WAITING,
            )
            self.tick()

    @rule(run=_RUNS, desired=st.sampled_from(["run", "pause"]))
    def an_order(self, run: int, desired: str) -> None:
        self.runs[run] = replace(self.runs[run], desired=desired)

    @rule(run=_RUNS, state=st.sampled_from([RunState.FAILED, RunState.STOPPED, RunState.LOST, RunState.RUNNING]))
    def something_befalls_a_run(self, run: int, state: RunState) -> None:
        member = self.runs[run]
        measuring = member.step is None and member.state in (RunState.RUNNING, RunState.LOST)
        if (state in TERMINAL and member.state not in TERMINAL) or measuring:
            self.runs[run] = replace(member, state=state)
            self.tick()

    def tick(self) -> None:
        status = ChamberStatus(ChamberState.RUNNING, "on", self.air, self.set_point) if self.answers else None
        for _ in range(6):
            view = self.view(status)
            if not (todo := decide_chamber(view, self.now, self.now)):
                return
            for action in todo:
                self.perform(action, view)
            if any(isinstance(action, act.SetPoint) for action in todo):
                return
        raise AssertionError(f"decide never comes to rest: {todo}")

    def view(self, status: ChamberStatus | None) -> ChamberView:
        holds = find_holds(self.members())
        asked = [m for m in holds.setter.members if m.step and m.asked_unix_s] if holds.setter else []
        stability = None
        step = asked[0].step if asked else None
        if step is not None and self.wanted is not None and self.wanted[0] == step.target_degC:
            stability = Stability(self.wanted[0], 0.5, 60.0)
            for when, value in self.looks:
                stability = stability.add(when, value) if when > self.wanted[1] else stability
            stability = stability if stability.last_s else None
        target, since = self.wanted or (None, 0.0)
        return ChamberView(
            "oven", status, "silent", holds, wanted_degC=target, wanted_unix_s=since, stability=stability,
            park_degC=25.0, patience_s=300.0,
            waited_since_s=min((m.asked_unix_s or 0.0 for m in asked), default=0.0),
            driven=tuple(str(m.run_id) for m in self.members() if m.step is None),
        )  # fmt: skip

    def perform(self, action: act.ChamberAction, view: ChamberView) -> None:
        match action:
            case act.SetPoint(target, _, runs):
                self.set_point_is_due(target, runs, view)
                for run in runs:
                    asked = self.runs[run].asked_unix_s or self.now
                    self.runs[run] = replace(self.runs[run], asked_unix_s=asked)
                if self.took and self.answers:
                    self.set_point, self.wanted = target, (target, self.now)
            case act.Confirmed(target):
                assert self.set_point == target
                self.wanted = (target, self.now)
            case act.GoOn(run):
                self.a_whole_soak_was_measured(self.runs[run])
                self.runs[run] = replace(place(self.runs[run], self.runs[run].item + 1), state=RunState.RUNNING)
            case act.Wait(run, reason):
                self.runs[run] = replace(self.runs[run], state=RunState.WAITING, reason=reason)
            case act.ExplainMember(run, reason):
                self.runs[run] = replace(self.runs[run], reason=reason)
            case act.GiveUp(run):
                self.runs[run] = replace(self.runs[run], state=RunState.FAILED)
            case act.LeaveBatch(run):
                self.runs[run] = replace(self.runs[run], batch_id=None, asked_unix_s=None)
            case _:
                pass

    def set_point_is_due(self, target: float, runs: tuple[int, ...], view: ChamberView) -> None:
        if not runs:
            assert not self.members(), "parked with runs inside"
            assert target == 25.0
            return
        group = view.holds.setter
        assert group is not None
        assert set(runs) == {member.run_id for member in group.members}, "somebody of the group is not at the barrier"
        assert all(member.step is not None and member.desired == "run" for member in group.members)
        assert {member.step.target_degC for member in group.members if member.step} == {target}

    def a_whole_soak_was_measured(self, member: Member) -> None:
        assert member.step is not None
        assert member.asked_unix_s is not None
        assert self.wanted is not None
        inside: list[float] = []
        for when, value in self.looks:
            if when <= self.wanted[1] or abs(value - member.step.target_degC) > 0.5:
                inside = []
            elif inside and when - inside[-1] > 60.0:
                inside = [when]
            else:
                inside.append(when)
        assert inside, "never there"
        assert inside[-1] - inside[0] >= SOAK_S

    @invariant()
    def nobody_shares_with_who_sets_temperatures(self) -> None:
        assert len(find_holds(self.members()).granted) <= 1

    @invariant()
    def who_measures_is_of_one_group(self) -> None:
        """But for one that has left its batch in the middle of a measurement, held up too long."""
        measuring = {m.batch_id or -m.run_id for m in self.members() if m.step is None and m.state is RunState.RUNNING}
        left = {-run for run, batch in BATCHES.items() if batch is not None and self.runs[run].batch_id is None}
        assert len(measuring - left) <= 1


TestChamberAtRandom = ChamberMachine.TestCase
TestChamberAtRandom.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
