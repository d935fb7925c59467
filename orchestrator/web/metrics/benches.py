"""Metrics of channels and chambers: what was seen last, and how old it is."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.metrics_core import Metric
from sqlalchemy import Connection, select

from drivers.contracts import ChannelState
from orchestrator.config import Lab
from orchestrator.store.chambers import list_chambers
from orchestrator.store.tables import latest
from orchestrator.web.metrics.families import gauge
from orchestrator.web.run_view import is_stale

__all__ = ["bench_metrics"]

_BENCH = ("bench",)


def bench_metrics(connection: Connection, lab: Lab, now_unix_s: float) -> Iterator[Metric]:
    """Every channel and chamber of the lab file that was seen at least once."""
    yield from _channels(connection, lab, now_unix_s)
    chambers = [row for row in list_chambers(connection) if row.name in lab.chambers]
    yield gauge(
        "chamber_temperature_celsius",
        "Process value of the chamber.",
        ("chamber",),
        [((row.name,), row.process_degC) for row in chambers],
    )
    yield gauge(
        "chamber_set_point_celsius",
        "Set point of the chamber, as it has it.",
        ("chamber",),
        [((row.name,), row.set_point_degC) for row in chambers],
    )


def _channels(connection: Connection, lab: Lab, now_unix_s: float) -> Iterator[Metric]:
    rows = connection.execute(select(latest).where(latest.c.instrument.in_(lab.instruments))).all()
    names = {(bench.instrument, bench.channel): bench.name for bench in lab.benches.values()}
    at = [((names.get((row.instrument, row.channel), f"{row.instrument}/{row.channel}"),), row) for row in rows]
    states = []
    for bench, row in at:
        stale = is_stale(lab, row.instrument, row.observed_unix_s, now_unix_s)
        states.append(((*bench, ChannelState.UNKNOWN.value if stale else row.state), 1.0))
    yield gauge("channel_state", "1 for the state that the channel is in.", ("bench", "state"), states)
    for name, text, column in (
        ("channel_voltage_volts", "Voltage last seen.", "voltage_V"),
        ("channel_current_amperes", "Current last seen; positive charges.", "current_A"),
        ("channel_temperature_celsius", "Temperature last seen by the channel's own sensor.", "temperature_degC"),
    ):
        yield gauge(name, text, _BENCH, [(bench, getattr(row, column)) for bench, row in at])
    ages = [(bench, abs(now_unix_s - row.observed_unix_s)) for bench, row in at]
    yield gauge("channel_age_seconds", "Seconds of the lab's clock since the channel was seen.", _BENCH, ages)
