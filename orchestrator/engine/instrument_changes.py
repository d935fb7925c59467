"""What the engine writes about instruments and channels: what stands in the lab file, and what was seen last."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from drivers.contracts import Capabilities, ChannelStatus, Identity
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.engine.log import append_event
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.tables import channels, instruments, latest, nodes, runs

__all__ = ["instrument_silent", "lab_known", "observed", "stop_wanted"]

Change = Callable[[sa.Connection], Any]

_OUR_TAG = re.compile(r".+#(\d+)\.\d+\.\d+")
_ACTIVE = [state.value for state in RunState if state not in TERMINAL]


def lab_known(lab: Lab) -> Change:
    """Every instrument of the lab file, not connected yet."""

    def change(connection: sa.Connection) -> None:
        for place in lab.instruments.values():
            row = {
                "name": place.name,
                "driver": place.driver,
                "address": place.address,
                "connected": False,
                "simulated": lab.simulated,
            }
            _upsert(connection, instruments, [row], ("name",))

    return change


def observed(
    lab: Lab,
    place: InstrumentPlace,
    statuses: Mapping[str, ChannelStatus],
    arrival: tuple[Identity, Mapping[str, Capabilities]] | None,
    now_unix_s: float,
) -> Change:
    """A successful look; ``arrival`` when the instrument had not answered before."""

    def change(connection: sa.Connection) -> None:
        seen: dict[str, object] = {"connected": True, "last_seen_unix_s": now_unix_s, "last_error": None}
        if arrival is not None:
            identity, abilities = arrival
            seen["identity"] = f"{identity.vendor} {identity.model} {identity.version}".strip()
            _upsert(connection, channels, _channel_rows(lab, place, abilities), ("instrument", "channel"))
            message = f"{place.name} answers at {place.address}: {seen['identity']}"
            append_event(connection, "instrument", message, now_unix_s, instrument=place.name)
        connection.execute(instruments.update().where(instruments.c.name == place.name).values(**seen))
        connection.execute(nodes.update().where(nodes.c.instrument == place.name).values(renewed_unix_s=now_unix_s))
        rows = [_latest_row(place.name, status, now_unix_s) for status in statuses.values()]
        _upsert(connection, latest, rows, ("instrument", "channel"))
        numbers = sorted({row["run_id"] for row in rows if row["run_id"] is not None})
        seen_runs = sa.and_(runs.c.id.in_(numbers), runs.c.instrument == place.name, runs.c.state.in_(_ACTIVE))
        connection.execute(runs.update().where(seen_runs).values(last_seen_unix_s=now_unix_s))

    return change


def instrument_silent(place: InstrumentPlace, error: str, news: bool, now_unix_s: float) -> Change:
    """A look that failed; an error is an event once, until it changes."""

    def change(connection: sa.Connection) -> None:
        values = {"connected": False, "last_error": error}
        connection.execute(instruments.update().where(instruments.c.name == place.name).values(**values))
        if news:
            append_event(connection, "instrument", f"{place.name}: {error}", now_unix_s, instrument=place.name)

    return change


def stop_wanted(actor: str, now_unix_s: float) -> Change:
    """Everything is to stop, by the STOP file."""

    def change(connection: sa.Connection) -> None:
        active = runs.c.state.in_(_ACTIVE)
        connection.execute(runs.update().where(active).values(desired="stop"))
        append_event(connection, "stop", "stop of everything, by the STOP file", now_unix_s, actor=actor)

    return change


def _channel_rows(lab: Lab, place: InstrumentPlace, abilities: Mapping[str, Capabilities]) -> list[dict[str, Any]]:
    rows = []
    for channel, ability in abilities.items():
        bench = lab.bench_of(place.name, channel)
        described = dataclasses.asdict(ability) | {"techniques": sorted(ability.techniques)}
        rows.append(
            {
                "instrument": place.name,
                "channel": channel,
                "bench": bench.name if bench else None,
                "chamber": bench.chamber if bench else None,
                "capabilities": described,
            }
        )
    return rows


def _latest_row(instrument: str, status: ChannelStatus, now_unix_s: float) -> dict[str, Any]:
    ours = _OUR_TAG.fullmatch(status.tag or "")
    return {
        "instrument": instrument,
        "channel": status.channel,
        "observed_unix_s": now_unix_s,
        "state": status.state.value,
        "native_state": status.native_state,
        "tag": status.tag,
        "test_id": status.test_id,
        "run_id": int(ours.group(1)) if ours else None,
        "cycle": status.cycle,
        "step": status.step,
        "voltage_V": status.voltage_V,
        "current_A": status.current_A,
        "temperature_degC": status.temperature_degC,
    }


def _upsert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]], key: tuple[str, ...]) -> None:
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)
