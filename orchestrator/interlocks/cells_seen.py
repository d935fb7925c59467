"""From the statuses of channels to what rules are judged by: each cell with its place and its own temperature."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from drivers.contracts import ChannelId, ChannelStatus
from orchestrator.config import Lab
from orchestrator.config.temperature_source import AIR, OWN_CHANNEL, nearest_source
from orchestrator.engine.instrument_changes import OUR_TAG
from orchestrator.interlocks.rule import Place
from orchestrator.interlocks.seen import CellSeen, ChamberSeen, RunSeen

__all__ = ["CellsSeen"]

_POLLS_MISSED = 2
_NO_RUN = RunSeen()


class CellsSeen:
    """The latest look at every cell: at the benches of the lab file, and wherever a test of ours is."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self._places = {
            (bench.instrument, bench.channel): Place(
                bench.instrument, bench.channel, bench.name, bench.chamber, bench.temperature
            )
            for bench in lab.benches.values()
        }
        self._cells: dict[tuple[str, ChannelId], CellSeen] = {}
        self._sensors: dict[tuple[str, ChannelId], tuple[float, float | None]] = {}

    def take(
        self,
        instrument: str,
        statuses: Mapping[ChannelId, ChannelStatus],
        chambers: Mapping[str, ChamberSeen],
        now_s: float,
        runs: Mapping[ChannelId, RunSeen],
    ) -> tuple[CellSeen, ...]:
        """Take in one look, with what it shows of our runs; returns the cells seen in it."""
        for channel, status in statuses.items():
            self._sensors[instrument, channel] = now_s, status.temperature_degC
        seen = {}
        for channel, status in statuses.items():
            ours = OUR_TAG.fullmatch(status.tag or "") is not None
            place = self._places.get((instrument, channel)) or (Place(instrument, channel) if ours else None)
            if place is not None:
                nearest_degC = self._nearest_degC(place, chambers, now_s)
                cell = _cell(place, status, ours, nearest_degC, now_s)
                seen[instrument, channel] = replace(cell, run=runs.get(channel, _NO_RUN))
        self._cells |= seen
        return tuple(seen.values())

    def inside(self, chamber: str) -> tuple[CellSeen, ...]:
        """The cells in a chamber, as they were seen last."""
        return tuple(cell for cell in self._cells.values() if cell.place.chamber == chamber)

    def driven(self) -> Iterator[CellSeen]:
        """The cells that a test of ours held when they were seen last."""
        return (cell for cell in self._cells.values() if cell.driven and cell.ours)

    def _nearest_degC(self, place: Place, chambers: Mapping[str, ChamberSeen], now_s: float) -> float | None:
        """By the nearest source; None where that has told nothing for longer than it may be silent."""
        source_name = nearest_source(place.sensor, place.chamber)
        if source_name is None:
            return None
        if source_name == AIR:
            chamber = chambers.get(place.chamber or "")
            source = None if chamber is None else self._lab.chambers.get(chamber.name)
            if chamber is None or source is None:
                return None
            told = (chamber.at_s, chamber.process_degC)
            valid_s = max(source.lost_after_s, _POLLS_MISSED * source.poll_s)
        else:
            own = source_name == OWN_CHANNEL
            name, _, channel = (place.instrument, "", place.channel) if own else source_name.partition("/")
            told = self._sensors.get((name, channel), (float("-inf"), None))
            cycler = self._lab.instruments[name]
            valid_s = max(cycler.lost_after_s, _POLLS_MISSED * cycler.poll_s)
        return told[1] if now_s - told[0] <= valid_s else None


def _cell(place: Place, status: ChannelStatus, ours: bool, nearest_degC: float | None, now_s: float) -> CellSeen:
    temperature_degC = None if place.sensor is None else nearest_degC
    seen = CellSeen(
        place, now_s, status.state, ours, status.voltage_V, status.current_A, temperature_degC, nearest_degC
    )
    told = replace(seen, records=status.records, limits_differ=status.limits_differ)
    return replace(told, stop_failed=status.stop_failed, taken=status.taken)
