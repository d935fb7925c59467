"""A lab with receivers, clocks that tests move, and a node's router and senders turned by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from orchestrator.config import Lab
from orchestrator.engine.writer import Writer
from orchestrator.messages.letter import Letter
from orchestrator.messages.not_delivered import NotDelivered
from orchestrator.messages.receiver import Receiver
from orchestrator.messages.router import Router
from orchestrator.messages.sender import Sender
from orchestrator.store.alarms import acknowledge_alarm, clear_alarms, raise_alarm
from orchestrator.store.database import open_database
from orchestrator.store.outlets import keep_outlets
from orchestrator.store.recorder import Recorder
from orchestrator.store.transactions import writing
from tests.orchestrator.launch.bench_lab import NOW, fill, make_lab


@dataclass
class HandClock:
    """Lab time and real time, both moved by hand."""

    unix_s: float = NOW
    wall_unix_s: float = 2_000_000_000.0
    stepped_s: float = 0.0
    """By how much somebody has set the clock forward."""

    def now(self) -> float:
        return self.unix_s + self.stepped_s

    def monotonic(self) -> float:
        return self.unix_s - NOW

    def sleeper(self, name: str) -> Any:
        raise AssertionError("turns are given by hand here")

    async def close(self) -> None:
        return

    def wall(self) -> float:
        return self.wall_unix_s


@dataclass
class MessageBench:
    """``node()`` is a new process; ``turn`` routes once and lets every sender try once."""

    lab: Lab
    clock: HandClock = field(default_factory=HandClock)
    attempts: list[tuple[str, Letter]] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)
    attempt: Callable[[Receiver, Letter], None] | None = None
    database: sa.Engine = field(init=False)
    _recorder: Recorder | None = None
    _runner: asyncio.Runner = field(default_factory=asyncio.Runner)

    def __post_init__(self) -> None:
        self.database = open_database(self.lab.database_url)
        self.node()

    def node(self) -> None:
        """Whatever the old process held in memory is gone."""
        self.kill()
        self._recorder = Recorder(self.database)
        writer = Writer(self._recorder)
        with writing(self.database) as connection:
            keep_outlets(connection, "receiver", [one.name for one in self.lab.receivers])
        self.router = Router(self.lab.receivers, self.database, writer, self.clock, self.clock.wall)
        self.senders = [
            Sender(one, self.lab, self.database, writer, self.clock, attempt=self._attempt, wall=self.clock.wall)
            for one in self.lab.receivers
        ]

    def kill(self) -> None:
        if self._recorder is not None:
            self._recorder.close()

    def close(self) -> None:
        self.kill()
        self._runner.close()
        self.database.dispose()

    def _attempt(self, receiver: Receiver, letter: Letter) -> None:
        self.attempts.append((receiver.name, letter))
        if receiver.name in self.broken:
            raise NotDelivered("nobody listens")
        if self.attempt is not None:
            self.attempt(receiver, letter)

    def raised(self, source: str, message: str = "something", severity: Any = "critical") -> int:
        with writing(self.database) as connection:
            return raise_alarm(connection, source=source, message=message, severity=severity, now=self.clock.now())

    def storm(self, first: int, last: int) -> None:
        """Alarms of runs ``first`` to ``last - 1``, in one commit."""
        with writing(self.database) as connection:
            for run in range(first, last):
                raise_alarm(connection, source=f"run {run}", message="lost", now=self.clock.now())

    def cleared(self, source: str) -> None:
        with writing(self.database) as connection:
            clear_alarms(connection, source=source, now=self.clock.now())

    def acknowledged(self, alarm_id: int) -> None:
        with writing(self.database) as connection:
            acknowledge_alarm(connection, alarm_id, by="anna", reason="cable replaced", now=self.clock.now())

    def pass_time(self, seconds: float, step_s: float = 1.0) -> None:
        """Let both clocks go on, and the node turn every ``step_s``."""
        for _ in range(round(seconds / step_s)):
            self.clock.unix_s += step_s
            self.clock.wall_unix_s += step_s
            self.turn()

    def turn(self) -> None:
        self._runner.run(self._turn())

    async def _turn(self) -> None:
        await self.router.route()
        for sender in self.senders:
            await sender.turn()

    def told(self, receiver: str) -> list[str]:
        """What a receiver has been told, or was tried to be: state and sources, a line a letter."""
        letters = [letter for name, letter in self.attempts if name == receiver]
        return [f"{one.state}: {', '.join(line.source for line in one.lines)}" for one in letters]

    def rows(self, query: sa.Select[Any]) -> list[dict[str, Any]]:
        with self.database.connect() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]


def lab_with(folder: Path, *receivers: Receiver) -> Lab:
    """A filled lab whose file names these receivers."""
    lab = replace(make_lab(folder), receivers=receivers)
    fill(lab)
    return lab


@contextmanager
def bench(folder: Path, *receivers: Receiver) -> Iterator[MessageBench]:
    made = MessageBench(lab_with(folder, *receivers))
    try:
        yield made
    finally:
        made.close()
