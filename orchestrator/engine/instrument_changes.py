"""What the engine writes about instruments and channels: what stands in the lab file, and what was seen last."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from drivers.contracts import Capabilities, ChannelStatus
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.engine.look import Look
from orchestrator.run_state import TERMINAL, RunState
from orchestrator.store.campaigns import stop_campaigns
from orchestrator.store.chambers import chambers_known
from orchestrator.store.events import append_event
from orchestrator.store.instruments import Instrument, set_connection, upsert_instruments
from orchestrator.store.tables import channels, cycles, latest, nodes, runs
from orchestrator.store.upsert import upsert

__all__ = ["OUR_TAG", "instrument_silent", "lab_known", "observed", "stop_wanted"]

Change = Callable[[sa.Connection], Any]

OUR_TAG = re.compile(r".+#(\d+)\.\d+\.\d+")
"""``cell#run.segment.attempt``, with the run's number as its group."""
_ACTIVE = [state.value for state in RunState if state not in TERMINAL]


def lab_known(lab: Lab) -> Change:
    """Every instrument and chamber of the lab file; what was seen of one that is known stays."""
    rows = [
        Instrument(place.name, place.driver, place.address, None, False, None, None, lab.simulated)
        for place in lab.instruments.values()
    ]

    def change(connection: sa.Connection) -> None:
        upsert_instruments(connection, rows)
        chambers_known(connection, lab.chambers, simulated=lab.simulated)

    return change


def observed(
    lab: Lab,
    place: InstrumentPlace,
    seen: Look,
    now_unix_s: float,
) -> Change:
    """A successful look; with its ``arrival`` when the instrument had not answered before."""

    def change(connection: sa.Connection) -> None:
        named = None
        if seen.arrival is not None:
            identity = seen.arrival.identity
            named = f"{identity.vendor} {identity.model} {identity.version}".strip()
            upsert(connection, channels, _channel_rows(lab, place, seen.arrival.capabilities))
            _note(connection, place, f"{place.name} answers at {place.address}: {named}", now_unix_s)
        set_connection(connection, place.name, connected=True, now=now_unix_s, identity=named)
        connection.execute(nodes.update().where(nodes.c.instrument == place.name).values(renewed_unix_s=now_unix_s))
        rows = [_latest_row(place.name, status, now_unix_s) for status in seen.statuses.values()]
        upsert(connection, latest, rows)
        numbers = sorted({row["run_id"] for row in rows if row["run_id"] is not None})
        ours = sa.and_(runs.c.id.in_(numbers), runs.c.instrument == place.name, runs.c.state.in_(_ACTIVE))
        done = sa.select(sa.func.count()).where(cycles.c.run_id == runs.c.id, cycles.c.complete).scalar_subquery()
        connection.execute(runs.update().where(ours).values(last_seen_unix_s=now_unix_s, cycles_done=done))

    return change


def instrument_silent(place: InstrumentPlace, error: str, news: bool, now_unix_s: float) -> Change:
    """A look that failed; an error is an event once, until it changes."""

    def change(connection: sa.Connection) -> None:
        set_connection(connection, place.name, connected=False, last_error=error)
        if news:
            _note(connection, place, f"{place.name}: {error}", now_unix_s)

    return change


def _note(connection: sa.Connection, place: InstrumentPlace, message: str, now_unix_s: float) -> None:
    append_event(connection, now=now_unix_s, actor="engine", kind="instrument", message=message, instrument=place.name)


def stop_wanted(actor: str, now_unix_s: float) -> Change:
    """Everything is to stop, by the STOP file."""

    def change(connection: sa.Connection) -> None:
        stop_campaigns(connection, actor=actor, now=now_unix_s, reason="the STOP file")
        active = runs.c.state.in_(_ACTIVE)
        connection.execute(runs.update().where(active).values(desired="stop"))
        message = "stop of everything, by the STOP file"
        append_event(connection, now=now_unix_s, actor=actor, kind="order", message=message)

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
    ours = OUR_TAG.fullmatch(status.tag or "")
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
