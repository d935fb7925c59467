"""The soak: a campaign that is killed again and again, and then compared with the instruments' own memories."""

from __future__ import annotations

import math
import re
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from random import Random

from drivers.crash_point import DIES_AT, VARIABLE
from orchestrator.testing.virtual_bench import VirtualBench
from tests.reserved_port import reserved_port
from tests.soak.blows import AtPoint, AtRandom, Blows
from tests.soak.campaign import Campaign, make_bench
from tests.soak.connections import DATABASE, reset_connections
from tests.soak.findings import Findings, examine
from tests.soak.upgrading import kill_upgrades
from tests.soak.web_process import WebProcess

__all__ = ["Soak", "Tally"]

_LOOK_EVERY_S = 0.02
_ROUNDS_WITHOUT_A_POINT = 3
"""A node that has seen so many whole campaigns comes by none of the points any more, however quick the machine is."""
_END_PATIENCE_S = 600.0
_ROUND_PATIENCE_S = 900.0
_DIED = re.compile(rf"^{DIES_AT}(\S+)$", re.MULTILINE)
_UP = " node INFO ready: "
INSTRUMENTS = ["bts-1", "vsp-1", "oven-1"]


@dataclass
class Tally:
    """What was done to the service."""

    kills: Counter[str] = field(default_factory=Counter)
    points: Counter[str] = field(default_factory=Counter)
    """By named point: how often the service died there."""
    never_hit: list[str] = field(default_factory=list)
    """Though there was time for it."""
    untried: list[str] = field(default_factory=list)
    """For want of time."""
    nodes: int = 0
    resets: Counter[str] = field(default_factory=Counter)
    web_kills: int = 0
    wall_s: float = 0.0
    lab_s: float = 0.0


@dataclass(frozen=True)
class _Life:
    """Of one node, from its start to its end."""

    bench: VirtualBench
    campaign: Campaign
    node: subprocess.Popen[bytes]
    said_before: int

    def said(self) -> str:
        """What this node has said."""
        return _said(self.bench, self.said_before)

    def go_on_until(self, done: Callable[[], bool]) -> None:
        """Let the campaign go on. Raises AssertionError where the node ends by itself."""
        while not done():
            if self.node.poll() is not None:
                raise self.ended()
            self.campaign.tend(more=True)
            time.sleep(_LOOK_EVERY_S)

    def ended(self) -> AssertionError:
        """The error to raise where the node has ended though nobody killed it."""
        return AssertionError(f"the node ended by itself with {self.node.poll()}:\n{self.said()}")


@dataclass
class Soak:
    """``seconds``: begin no further kill after so many wall seconds; what is under way is brought to its end.

    None: every kill, and every point. ``database``: of a PostgreSQL, empty, whose connections are reset, too.
    """

    folder: Path
    kills: int
    points: Sequence[StrEnum]
    seconds: float | None
    seed: int
    database: str | None = None
    tally: Tally = field(default_factory=Tally)

    def run(self) -> tuple[Tally, Findings, Campaign]:
        """Kill, finish, compare."""
        began = time.monotonic()
        with ExitStack() as stack:
            bench = stack.enter_context(make_bench(self.folder, stack.enter_context(reserved_port()), self.database))
            lab_began = bench.control.now()
            web = stack.enter_context(WebProcess(bench.lab.path, bench.lab.web.port, bench.wait_for))
            campaign = Campaign(bench)
            self._kill_all(bench, campaign, web, math.inf if self.seconds is None else began + self.seconds)
            self._finish(bench, campaign, web)
            self.tally.web_kills = web.kills
            self.tally.points.update(kill_upgrades(bench))
            self.tally.lab_s = bench.control.now() - lab_began
            found = examine(bench)
        self.tally.wall_s = time.monotonic() - began
        return self.tally, found, campaign

    def _kill_all(self, bench: VirtualBench, campaign: Campaign, web: WebProcess, until: float) -> None:
        connected = INSTRUMENTS if self.database is None else [*INSTRUMENTS, DATABASE]
        blows = Blows(self.kills, list(self.points), connected, Random(self.seed))
        while (blow := blows.next()) is not None:
            if time.monotonic() > until:
                self.tally.untried = [str(point) for point in blows.points]
                return
            bench.wait_for(lambda: _work_left(campaign), "a campaign is under way", _END_PATIENCE_S)
            self.tally.nodes += 1
            said_before = bench.node_log.stat().st_size if bench.node_log.exists() else 0
            armed = {VARIABLE: blow.armed} if isinstance(blow, AtPoint) else {}
            with bench.node(**armed) as node:
                life = _Life(bench, campaign, node, said_before)
                if isinstance(blow, AtRandom):
                    self._kill(blow, life, web)
                elif not self._dies(life, blows):
                    self.tally.never_hit = [str(point) for point in blows.points]
                    blows.points.clear()

    def _dies(self, life: _Life, blows: Blows) -> bool:
        """The campaign goes on until the process comes by a point; False where it comes by none."""
        rounds_before, deadline = life.campaign.rounds, time.monotonic() + _ROUND_PATIENCE_S
        while life.node.poll() is None:
            if life.campaign.rounds > rounds_before + _ROUNDS_WITHOUT_A_POINT:
                return False
            if time.monotonic() > deadline:
                raise AssertionError(f"no campaign comes to its end: {life.campaign.unfinished()}\n{life.said()}")
            life.campaign.tend(more=True)
            time.sleep(_LOOK_EVERY_S)
        if life.node.poll() != -signal.SIGKILL:
            raise life.ended()
        for point in _DIED.findall(life.said()):
            blows.hit(point)
            self.tally.points[point] += 1
        self.tally.kills["at a named point"] += 1
        return True

    def _kill(self, blow: AtRandom, life: _Life, web: WebProcess) -> None:
        if blow.once_up:
            life.go_on_until(lambda: _UP in life.said())
        half_way_s, end_s = time.monotonic() + blow.after_s / 2, time.monotonic() + blow.after_s
        life.go_on_until(lambda: time.monotonic() >= half_way_s)
        if blow.reset is not None:
            reset_connections(life.bench, blow.reset)
            self.tally.resets[blow.reset] += 1
        if blow.web:
            web.kill()
        life.go_on_until(lambda: time.monotonic() >= end_s)
        if blow.everybody:
            life.bench.kill_group(life.node)
        else:
            life.node.kill()
            life.node.wait()
        self.tally.kills["at random, " + ("with its children" if blow.everybody else "alone")] += 1

    def _finish(self, bench: VirtualBench, campaign: Campaign, web: WebProcess) -> None:
        """A last node that nobody kills brings everything to its end."""
        self.tally.nodes += 1
        with bench.node() as node:
            deadline = time.monotonic() + _END_PATIENCE_S
            while not (campaign.tend(more=False) and campaign.analysed()):
                if node.poll() is not None or time.monotonic() > deadline:
                    raise AssertionError(f"it does not end: {campaign.unfinished()}\n{_said(bench)}")
                time.sleep(_LOOK_EVERY_S)
            web.check()


def _work_left(campaign: Campaign) -> bool:
    """Whether there is something to kill in the middle of: else the next campaign is handed in."""
    campaign.tend(more=True)
    return campaign.under_way() is not None


def _said(bench: VirtualBench, begin: int = 0) -> str:
    """What the nodes have said from a byte of their log on, the last of it."""
    with bench.node_log.open("rb") as log:
        log.seek(begin)
        return log.read().decode("utf-8", "replace")[-5000:]
