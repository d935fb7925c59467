"""A channel and a run in miniature, for properties of ``decide``: status lags, replies get lost, people interfere.

It is no instrument simulator (those are in ``simulators/`` and speak the wire): just enough of a world that every order
of ``decide`` has consequences and that a wrong one shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from drivers.contracts import ChannelState, ChannelStatus
from orchestrator.engine import actions as act
from orchestrator.engine.decide import decide
from orchestrator.engine.view import OpenIntent, RunView, Seen, SegmentView
from orchestrator.run_state import LEGAL, RunState

LAG_S = 5.0
TORN_S = 1.0


@dataclass
class Channel:
    """What the channel really does."""

    state: ChannelState = ChannelState.FINISHED
    tag: str | None = "someone's old test"
    test_id: int = 100
    records: int = 7

    def start(self, tag: str) -> bool:
        """Start, unless busy: the instrument says no, whatever its lagging status has told."""
        if self.state in (ChannelState.RUNNING, ChannelState.PAUSED):
            return False
        self.state, self.tag, self.records = ChannelState.RUNNING, tag, 0
        self.test_id += 1
        return True

    def end(self, state: ChannelState) -> None:
        if self.state in (ChannelState.RUNNING, ChannelState.PAUSED):
            self.state = state

    def status(self) -> ChannelStatus:
        done = self.state not in (ChannelState.RUNNING, ChannelState.PAUSED)
        return ChannelStatus(
            "1", self.state, str(self.state), self.tag, str(self.test_id), self.records, records_complete=done
        )


@dataclass
class World:
    """Lab time, the channel behind a lag, the run as a database would have it."""

    now: float = 1000.0
    channel: Channel = field(default_factory=Channel)
    history: list[tuple[float, ChannelStatus]] = field(default_factory=list)
    run: RunView = field(
        default_factory=lambda: RunView(
            1, RunState.QUEUED, "run", SegmentView(1, 1, "L1#1.0.1", None, 0), last_item=True
        )
    )
    reachable: bool = True
    reachable_since: float = 0.0
    silent_since: float = 1000.0
    deliver_start: str = "delivered"
    obeys: bool = True
    starts: list[str] = field(default_factory=list)
    stops: int = 0
    alarms: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    _next_intent: int = 1
    torn: bool = False
    """Tag and state are told from just before a change, test id and records from just after: two exchanges."""
    _previous: ChannelStatus | None = None

    def __post_init__(self) -> None:
        self.history.append((0.0, self.channel.status()))

    def touch(self) -> None:
        """The channel has changed: remember when."""
        self.history.append((self.now, self.channel.status()))

    def told(self) -> ChannelStatus:
        """What the instrument tells now: the state of LAG_S ago."""
        status = self._at(self.now - LAG_S)
        if not self.torn:
            return status
        file = self._at(self.now - LAG_S + TORN_S)
        return replace(status, test_id=file.test_id, records=file.records, records_complete=file.records_complete)

    def _at(self, instant: float) -> ChannelStatus:
        return next(status for since, status in reversed(self.history) if since <= instant or since == 0.0)

    def set_reachable(self, reachable: bool) -> None:
        if reachable and not self.reachable:
            self.reachable_since = self.now
        self.reachable = reachable

    def tick(self) -> None:
        """One look at the channel, records read, decisions until there are none."""
        status = self.told() if self.reachable else None
        if status is not None:
            self.silent_since = self.now
            if status.test_id == self.run.segment.test_id:
                self.run = replace(self.run, segment=replace(self.run.segment, stored=status.records or 0))
        seen = self._seen(status)
        self._previous = status
        for _ in range(20):
            todo = decide(self.run, seen, self.now)
            if not todo:
                return
            for action in todo:
                self.perform(action)
        raise AssertionError(f"decide never comes to rest: {todo}")

    def _seen(self, status: ChannelStatus | None) -> Seen:
        before = self._previous
        same = status is not None and before is not None and status.test_id == before.test_id
        return Seen(
            status,
            self.reachable_since,
            self.silent_since,
            records_stable=same and status.records == before.records,
            drained=True,
            test_stable=same and status.tag == before.tag,
        )

    def perform(self, action: act.Action) -> None:  # noqa: C901, PLR0912 - one branch an action
        match action:
            case act.Start(before):
                self._open("start", before)
                if self.run.state is not RunState.STARTING:  # between two segments it is so already
                    self.run = replace(self.run, state=self._legal(RunState.STARTING))
                self._deliver_start()
            case act.Stop():
                self._open("stop")
                self.stops += 1
                if self.obeys and self.reachable:
                    self.channel.end(ChannelState.STOPPED)
                    self.touch()
            case act.Pause():
                self._open("pause")
                if self.obeys and self.reachable and self.channel.state is ChannelState.RUNNING:
                    self.channel.state = ChannelState.PAUSED
                    self.touch()
            case act.Resume():
                self._open("resume")
                if self.obeys and self.reachable and self.channel.state is ChannelState.PAUSED:
                    self.channel.state = ChannelState.RUNNING
                    self.touch()
            case act.Settle(intent_id):
                assert any(intent.id == intent_id for intent in self.run.intents), "settled twice"
                self._drop(intent_id)
            case act.Recognise(test_id):
                self.run = replace(self.run, segment=replace(self.run.segment, test_id=test_id))
            case act.NewAttempt():
                number = self.run.segment.attempt + 1
                self.run = replace(self.run, segment=SegmentView(number, number, f"L1#1.0.{number}", None, 0))
            case act.FinishSegment(outcome):
                self.outcomes.append(outcome)
            case act.Transition(state, reason):
                self.run = replace(self.run, state=self._legal(state), reason=reason)
            case act.Desire(desired):
                self.run = replace(self.run, desired=desired)
            case act.Explain(reason):
                self.run = replace(self.run, reason=reason)
            case act.Alarm(_, message):
                self.alarms.append(message)
            case _:
                pass

    def _deliver_start(self) -> None:
        tag = self.run.segment.tag
        if self.deliver_start in ("delivered", "reply lost") and self.reachable:
            if self.channel.start(tag):
                self.starts.append(tag)
                self.touch()
            elif self.deliver_start == "delivered":
                self.refused()

    def refused(self) -> None:
        """Do what the engine does with a driver's Refused."""
        self.alarms.append("refused")
        self.run = replace(self.run, intents=(), state=self._legal(RunState.FAILED), reason="refused")

    def _legal(self, state: RunState) -> RunState:
        assert state in LEGAL[self.run.state], f"illegal transition {self.run.state} -> {state}"
        return state

    def _open(self, action: str, before: str | None = None) -> None:
        intent = OpenIntent(self._next_intent, action, self.now, before)
        self._next_intent += 1
        self.run = replace(self.run, intents=(intent, *self.run.intents))

    def _drop(self, intent_id: int) -> None:
        self.run = replace(self.run, intents=tuple(i for i in self.run.intents if i.id != intent_id))
