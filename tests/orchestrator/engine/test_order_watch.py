"""What wakes the loop of an instrument: orders, and nothing that the engine itself has written."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

from orchestrator.engine.orders import Orders, OrderWatch

PLACE = ("bts-1", None, 1)


class Watch(OrderWatch):
    """Looks at what the test says instead of a database."""

    def __init__(self) -> None:
        self.woken: list[str] = []
        self.stops: dict[str, set[int]] = {}
        super().__init__(None, self._told)  # type: ignore[arg-type]
        self.seen: Orders = {}

    def _told(self, name: str, stops: Collection[int]) -> None:
        self.woken.append(name)
        self.stops[name] = set(stops)

    def _orders(self) -> Orders:
        return self.seen

    def look_at(self, seen: Orders) -> list[str]:
        self.seen = seen
        self.woken.clear()
        asyncio.run(self.look())
        return list(self.woken)


def test_a_run_that_leaves_the_queue_by_itself_wakes_nobody() -> None:
    """Or a thousand starts would each begin the looks at all others anew."""
    watch = Watch()
    assert watch.look_at({PLACE: ("run", 0, True)}) == ["bts-1"]
    assert watch.look_at({PLACE: ("run", 0, False)}) == []
    assert watch.look_at({}) == []


def test_what_a_person_orders_wakes_instrument_and_chamber() -> None:
    watch, place = Watch(), ("vsp-1", "oven-1", 2)
    watch.look_at({place: ("run", 0, False)})
    for order in (("pause", 0, False), ("pause", 1, False), ("pause", 1, True), ("stop", 1, True)):
        assert sorted(watch.look_at({place: order})) == ["oven-1", "vsp-1"]
        assert watch.look_at({place: order}) == []


def test_which_runs_are_wanted_stopped_is_told_once_and_to_their_own_instruments() -> None:
    watch, other = Watch(), ("vsp-1", "oven-1", 2)
    watch.look_at({PLACE: ("run", 0, False), other: ("run", 0, False)})
    assert watch.stops == {"bts-1": set(), "vsp-1": set(), "oven-1": set()}
    watch.look_at({PLACE: ("pause", 0, False), other: ("stop", 0, False)})
    assert watch.stops == {"bts-1": set(), "vsp-1": {2}, "oven-1": {2}}
    watch.stops.clear()
    watch.look_at({PLACE: ("stop", 0, False), other: ("stop", 0, False)})
    assert watch.stops == {"bts-1": {1}}
