"""Channels to choose from, the free ones first, with what is on the others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import Connection, select

from drivers.contracts import ChannelState
from orchestrator.store.tables import runs
from orchestrator.web.models.channel import ChannelAnswer
from orchestrator.web.routes.channels import list_channels
from orchestrator.web.service import Service

__all__ = ["Place", "places"]

_TAKEN = frozenset({ChannelState.RUNNING, ChannelState.PAUSED, ChannelState.UNKNOWN})


@dataclass(frozen=True, slots=True)
class Occupant:
    """The run that has a channel."""

    run_id: int
    cell: str
    protocol: str
    state: str


@dataclass(frozen=True, slots=True)
class Place:
    """One channel as somebody sees it who looks for a free one."""

    name: str
    """What is written on its label: the bench, else ``instrument/channel``."""
    channel: str
    """``instrument/channel``."""
    chamber: str | None
    state: str
    voltage_V: float | None
    """Not told where it is too old to be trusted."""
    free: bool
    occupant: Occupant | None
    foreign: str | None
    """Name of a test that nobody here has launched."""


def places(service: Service, connection: Connection) -> list[Place]:
    """Every channel of the lab: free ones first, each group by name."""
    answers = list_channels(service, connection)
    occupants = _occupants(connection, [one.held_by for one in answers if one.held_by is not None])
    found = [_place(one, None if one.held_by is None else occupants.get(one.held_by)) for one in answers]
    return sorted(found, key=lambda place: (not place.free, _as_people_count(place.name)))


def _place(one: ChannelAnswer, occupant: Occupant | None) -> Place:
    channel = f"{one.instrument}/{one.channel}"
    taken = one.state in _TAKEN
    foreign = (one.tag or "?") if taken and occupant is None and one.state != ChannelState.UNKNOWN else None
    return Place(
        name=one.bench or channel,
        channel=channel,
        chamber=one.chamber,
        state=one.state,
        voltage_V=None if one.stale else one.voltage_V,
        free=occupant is None and not taken,
        occupant=occupant,
        foreign=foreign,
    )


def _occupants(connection: Connection, run_ids: list[int]) -> dict[int, Occupant]:
    query = select(*runs.c["id", "cell_id", "protocol", "state"]).where(runs.c.id.in_(run_ids))
    return {row.id: Occupant(*row) for row in connection.execute(query)}


def _as_people_count(name: str) -> tuple[tuple[int, str], ...]:
    """A2 before A10."""
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name) if part)
