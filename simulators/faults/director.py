"""Lets faults happen: at their instants, at their events, at their exchanges; and keeps a list of what happened."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from simulators.faults.doing import Befall, Doing, Undo
from simulators.faults.fault_file import Faults
from simulators.faults.fired import Fired
from simulators.faults.order import Order
from simulators.faults.order_reading import read_orders
from simulators.faults.rule import Rule
from simulators.lab.clock import LabClock
from simulators.lab.instrument import VirtualInstrument
from simulators.lab.refusal import LabRefusal

__all__ = ["FaultDirector"]

logger = logging.getLogger(__name__)

_LOOK_s = 10.0
"""Of lab time, between two looks at a channel for its events."""
_FREE_RUN_s = 0.05
"""Of wall time, between two looks at a clock that no node holds."""


@dataclass(frozen=True, slots=True)
class _Watch:
    """An order that waits for a channel to come so far."""

    order: Order
    channel: str
    event: str
    goal: int


class FaultDirector:
    """All faults of a lab. Must be used inside its event loop."""

    def __init__(self, clock: LabClock, instruments: Mapping[str, VirtualInstrument]) -> None:
        self.fired: list[Fired] = []
        self._clock, self._instruments = clock, instruments
        self._power = {name: self._power_of(instrument) for name, instrument in instruments.items()}
        self._watches: list[_Watch] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._pump: asyncio.Task[None] | None = None
        self._switching = asyncio.Lock()

    # ---- from outside

    def read(self, faults: Faults) -> list[Order]:
        """Understand a file in this lab; raises FaultFileError."""
        return read_orders(faults, self._instruments, self._power)

    def arm(self, orders: list[Order]) -> None:
        """Let orders take their course, counted from now."""
        for order in orders:
            self._arm(order)

    def arm_exchange(self, name: str, command: str, nth: int, do: object) -> None:
        """Let something happen once, at the n-th exchange of a command from now. Raises LabRefusal."""
        instrument = self._instruments[name]
        if nth < 1:
            raise LabRefusal("nth counts from 1, the next exchange")
        doing, text = instrument.doing(do, ()), do if isinstance(do, str) else str(do)

        def fired(_: Doing[Any], at: str, exchange: int) -> None:
            self._happen(Fired(self._clock.now_unix_s, name, text, text, at, exchange), doing, None)

        instrument.faults.arm(Rule((doing,), (instrument.command(command),), nth, fired=fired))

    async def close(self) -> None:
        """Leave nothing behind in the event loop."""
        tasks = [*self._tasks, *([self._pump] if self._pump else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ---- when

    def _arm(self, order: Order) -> None:
        section, now_unix_s = order.section, self._clock.now_unix_s
        if section.on is not None and section.on.channel is not None:
            self._watch(order, section.on.channel)
        elif section.at is not None:
            self._call_at(now_unix_s + section.at, lambda: self._begin(order))
        else:
            self._begin(order)

    def _watch(self, order: Order, channel: str) -> None:
        on = order.section.on
        assert on is not None  # noqa: S101 - who calls has seen it
        events = {"starts": on.start, "step_changes": on.step_change, "records": on.record}
        event, count = next((name, value) for name, value in events.items() if value is not None)
        goal = getattr(order.instrument.progress(channel), event) + count
        if not self._watches:
            self._call_at(self._clock.now_unix_s + _LOOK_s, self._look)
        self._watches.append(_Watch(order, channel, event, goal))

    def _look(self) -> None:
        due = [w for w in self._watches if getattr(w.order.instrument.progress(w.channel), w.event) >= w.goal]
        self._watches = [watch for watch in self._watches if watch not in due]
        if self._watches:
            self._call_at(self._clock.now_unix_s + _LOOK_s, self._look)
        for watch in due:
            self._begin(watch.order)

    def _begin(self, order: Order, turn: int = 0) -> None:
        """Let it happen, or wait for its exchanges, from now on; and again after a while where it says every."""
        if order.at_exchanges:
            self._await_exchanges(order)
        else:
            doing = order.doings[turn % len(order.doings)]
            self._happen(self._noted(order, doing), doing, order.section.lasting_s)
        every, times = order.section.every, order.section.times
        if every is not None and every.seconds is not None and (times is None or turn + 1 < times):
            self._call_at(self._clock.now_unix_s + every.seconds, lambda: self._begin(order, turn + 1))

    def _await_exchanges(self, order: Order) -> None:
        section = order.section
        every = section.every
        repeated = every is not None and every.seconds is not None
        rule: Rule[Any] = Rule(
            order.doings,
            order.commands,
            nth=section.on.nth if section.on is not None and order.on_command else every_exchanges(order),
            every=every_exchanges(order),
            share=section.random,
            dice=order.dice,
            times=1 if repeated and section.lasting_s is None else order.times if not repeated else None,
        )

        def disarm() -> None:
            order.instrument.faults.disarm(rule)

        begun = False

        def fired(doing: Doing[Any], command: str, exchange: int) -> None:
            nonlocal begun
            self._happen(self._noted(order, doing, command, exchange), doing, section.lasting_s)
            if not begun and order.on_command and order.spoils and section.lasting_s is not None:
                self._call_at(self._clock.now_unix_s + section.lasting_s, disarm)
            begun = True

        rule.fired = fired
        order.instrument.faults.arm(rule)
        if order.spoils and section.lasting_s is not None and not order.on_command:
            self._call_at(self._clock.now_unix_s + section.lasting_s, disarm)

    def _call_at(self, unix_s: float, act: Callable[[], None]) -> None:
        self._clock.call_at(unix_s, act)
        if self._pump is None or self._pump.done():
            self._pump = asyncio.get_running_loop().create_task(self._keep_time())

    async def _keep_time(self) -> None:
        """Look at the clock while it runs freely: nobody else does."""
        while self._clock.has_alarms:
            await asyncio.sleep(_FREE_RUN_s)
            self._clock.settle()

    # ---- what

    def _noted(self, order: Order, doing: Doing[Any], command: str | None = None, exchange: int | None = None) -> Fired:
        now_unix_s, text = self._clock.now_unix_s, order.text(doing)
        return Fired(now_unix_s, order.instrument_name, order.section.name or text, text, command, exchange)

    def _happen(self, fired: Fired, doing: Doing[Any], lasting_s: float | None) -> None:
        """Let it befall the instrument where it is not the exchange that suffers, and note it."""
        if isinstance(doing, Befall):
            try:
                undo = doing.act()
            except LabRefusal as refusal:
                fired = replace(fired, refused=str(refusal))
            else:
                if undo is not None and lasting_s is not None:
                    self._call_at(self._clock.now_unix_s + lasting_s, lambda: self._end(fired, undo))
        self.fired.append(fired)
        logger.info("%s", fired.line())

    def _end(self, fired: Fired, undo: Undo) -> None:
        try:
            undo()
        except LabRefusal as refusal:
            logger.info("%s fault %s cannot be undone: %s", fired.instrument, fired.name, refusal)
        else:
            over = replace(fired, unix_s=self._clock.now_unix_s, command=None, exchange=None)
            logger.info("%s is over", over.line())

    # ---- power

    def _power_of(self, instrument: VirtualInstrument) -> Mapping[str, Befall]:
        def off() -> Undo:
            self._switch(instrument.stop)
            return on

        def on() -> None:
            self._switch(instrument.start)

        return {"power_off": Befall(off, ends_exchange=True), "power_on": Befall(on, lasting=False)}

    def _switch(self, switch: Callable[[], Awaitable[None]]) -> None:
        async def do() -> None:
            try:
                async with self._switching:  # off and on again within one instant: one after the other
                    await switch()
            except OSError as error:
                logger.warning("the port cannot be opened: %s", error)
            finally:
                self._clock.let_go()

        self._clock.hold()
        task = asyncio.get_running_loop().create_task(do())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def every_exchanges(order: Order) -> int:
    """Return how many exchanges lie from one that suffers to the next."""
    every = order.section.every
    return every.exchanges if every is not None and every.exchanges is not None else 1
