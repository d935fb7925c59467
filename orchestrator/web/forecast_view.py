"""The queue on the calendar: runs that were launched, and what campaigns have still to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from orchestrator.campaigns.forecast import Slot, forecast
from orchestrator.campaigns.forecast_runs import RunAhead, forecast_runs
from orchestrator.campaigns.load_view import load_view
from orchestrator.campaigns.view import CampaignView
from orchestrator.campaigns.work_left import work_left
from orchestrator.store.campaign_seats import taken_seats
from orchestrator.store.campaigns import active_campaigns, list_campaigns
from orchestrator.store.queue_order import has_begun, queue_position
from orchestrator.store.tables import runs
from orchestrator.web.models.campaign import ForecastAnswer, SlotAnswer
from orchestrator.web.models.run import RunAnswer
from orchestrator.web.run_rows import ENDED, RunFilter, read_runs
from orchestrator.web.run_view import run_answer
from orchestrator.web.service import Service
from protocols.plan import SetTemperature

__all__ = ["Ahead", "forecast_answer", "look_ahead"]

_RUNS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to come."""

    slots: Sequence[Slot]
    """Jobs of campaigns."""
    runs: Sequence[RunAnswer]
    """Every run that is not over, in the order of the queue."""
    begun: Mapping[int, bool]
    """By run, whether it, or another of its batch, has begun."""
    times: Mapping[int, tuple[float, float]]
    """By run, its start and its end."""
    sets_temperature: Mapping[int, bool]
    """By run, whether it changes the temperature of its chamber."""


def look_ahead(
    connection: Connection, service: Service, now_unix_s: float, *, beside: Sequence[CampaignView] = ()
) -> Ahead:
    """When everything is expected. ``beside``: campaigns that are only thought of."""
    begun = _begun_in_order(connection)
    found, _ = read_runs(connection, RunFilter(active=True), _RUNS_MAX, 0)
    answers = {rows.run.id: run_answer(service.lab, service.plans, rows, now_unix_s) for rows in found}
    ordered = [answers[run_id] for run_id in begun if run_id in answers]
    sets = {rows.run.id: _sets_temperature(service, rows.run.id, rows.run.plan) for rows in found}
    times = forecast_runs([_ahead(one, begun[one.id], sets[one.id], now_unix_s) for one in ordered], now_unix_s)
    busy: dict[str, float] = {}
    for one in ordered:
        if one.bench is not None:
            busy[one.bench] = max(times[one.id][1], busy.get(one.bench, 0.0))
    seats = taken_seats(connection)
    views = [load_view(connection, service.lab, row, seats) for row in active_campaigns(connection)]
    ends = {run_id: end for run_id, (_, end) in times.items()}
    works = [work for view in (*views, *beside) for work in work_left(view, service.lab, ends, now_unix_s)]
    return Ahead(forecast(works, busy, now_unix_s), ordered, begun, times, sets)


def forecast_answer(
    connection: Connection, service: Service, now_unix_s: float, *, beside: Sequence[CampaignView] = ()
) -> ForecastAnswer:
    """The forecast as the API gives it, in the order in which everything begins."""
    ahead = look_ahead(connection, service, now_unix_s, beside=beside)
    called = {row.id: row.name for row in list_campaigns(connection, limit=1000)[0]}
    called |= {view.id: view.campaign.name for view in beside}
    of_campaigns = {slot.work.run_id for slot in ahead.slots}
    slots = [_of_job(slot, called, ahead) for slot in ahead.slots]
    slots += [_of_run(one, ahead) for one in ahead.runs if one.id not in of_campaigns]
    slots.sort(key=lambda one: (one.start_unix_s is None, one.start_unix_s or 0.0))
    ends = [one.end_unix_s for one in slots if one.end_unix_s is not None]
    return ForecastAnswer(now_unix_s=now_unix_s, end_unix_s=max(ends, default=None), slots=slots)


def _begun_in_order(connection: Connection) -> dict[int, bool]:
    query = select(runs.c.id, has_begun().label("begun")).where(runs.c.state.not_in(ENDED))
    return {row.id: bool(row.begun) for row in connection.execute(query.order_by(*queue_position()))}


def _sets_temperature(service: Service, run_id: int, stored: Mapping[str, object]) -> bool:
    return any(isinstance(item, SetTemperature) for item in service.plans.of(run_id, stored).plan.items)


def _ahead(run: RunAnswer, begun: bool, sets_temperature: bool, now_unix_s: float) -> RunAhead:
    return RunAhead(
        run_id=run.id,
        place=f"{run.instrument}/{run.channel}",
        duration_s=run.progress.time_left_s or 0.0,
        chamber=run.chamber,
        sets_temperature=sets_temperature,
        batch_id=run.batch_id,
        begun_unix_s=(run.started_unix_s or now_unix_s) if begun and run.state != "queued" else None,
    )


def _of_job(slot: Slot, called: Mapping[int, str], ahead: Ahead) -> SlotAnswer:
    work = slot.work
    start, end = slot.start_unix_s, slot.end_unix_s
    if work.run_id is not None and work.run_id in ahead.times:
        start, end = ahead.times[work.run_id]
    return SlotAnswer(
        campaign_id=work.campaign_id,
        campaign=called.get(work.campaign_id, ""),
        step=work.step,
        cell=work.cell_id,
        by_hand=work.by_hand,
        begun=ahead.begun.get(work.run_id or 0, False),
        bench=slot.bench,
        chamber=work.chamber,
        run_id=work.run_id,
        start_unix_s=start,
        end_unix_s=end,
    )


def _of_run(run: RunAnswer, ahead: Ahead) -> SlotAnswer:
    start, end = ahead.times[run.id]
    return SlotAnswer(
        campaign_id=None,
        campaign="",
        step=run.protocol,
        cell=run.cell,
        begun=ahead.begun[run.id],
        bench=run.bench or f"{run.instrument}/{run.channel}",
        chamber=run.chamber if ahead.sets_temperature[run.id] else None,
        run_id=run.id,
        start_unix_s=start,
        end_unix_s=end,
    )
