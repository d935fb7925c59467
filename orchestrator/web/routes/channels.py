"""Channels."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from sqlalchemy import Connection, select

from drivers.contracts import ChannelState
from orchestrator.store.tables import channels, latest, runs
from orchestrator.web.models.channel import ChannelAnswer
from orchestrator.web.run_rows import ENDED
from orchestrator.web.run_view import is_stale
from orchestrator.web.service import ReadingConnection, Service, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/channels", tags=["channels"])


@router.get("")
def list_channels(service: ServiceHere, connection: ReadingConnection) -> list[ChannelAnswer]:
    """Every channel that an instrument has told of, or that the lab file names, and what was last seen there."""
    now_unix_s = service.now_unix_s(connection)
    seen = {(row.instrument, row.channel): row for row in connection.execute(select(latest))}
    told = connection.execute(select(channels.c.instrument, channels.c.channel)).all()
    benches = [(bench.instrument, bench.channel) for bench in service.lab.benches.values()]
    places = dict.fromkeys([*benches, *((row.instrument, row.channel) for row in told), *seen])
    held = _held(connection)
    answers = [_answer(service, place, seen.get(place), held.get(place), now_unix_s) for place in places]
    return [answer for answer in answers if answer.instrument in service.lab.instruments]


def _held(connection: Connection) -> dict[tuple[str, str], Any]:
    """The run that has each channel first, by instrument and channel: it need not be on it."""
    active = select(*runs.c["id", "instrument", "channel", "state"]).where(runs.c.state.not_in(ENDED))
    newest_first = connection.execute(active.order_by(runs.c.id.desc()))
    return {(row.instrument, row.channel): row for row in newest_first}


def _answer(service: Service, place: tuple[str, str], row: Any, holder: Any, now_unix_s: float) -> ChannelAnswer:
    instrument, channel = place
    bench = service.lab.bench_of(instrument, channel)
    known: dict[str, Any] = {"instrument": instrument, "channel": channel}
    if holder is not None:
        known |= {"held_by": holder.id, "held_state": holder.state}
    if bench is not None:
        known |= {"bench": bench.name} | ({"chamber": bench.chamber} if bench.chamber else {})
    if row is None:
        return ChannelAnswer(**known, state=ChannelState.UNKNOWN, stale=True)
    stale = is_stale(service.lab, instrument, row.observed_unix_s, now_unix_s)
    values = row._asdict() | known | {"age_s": max(now_unix_s - row.observed_unix_s, 0.0), "stale": stale}
    if stale:
        values["state"] = ChannelState.UNKNOWN
    return ChannelAnswer(**{name: values[name] for name in ChannelAnswer.model_fields if name in values})
