"""Decisions about stated times: what is entered in the calendar, begins, or was missed. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from orchestrator.campaigns.actions import Action, Begin, Explain, Schedule, Settle, Tell, Transition, Want
from orchestrator.campaigns.definition import Timing
from orchestrator.campaigns.timing import next_due
from orchestrator.campaigns.view import CampaignView, JobView
from orchestrator.store.calendar import Due

__all__ = ["campaign_missed", "moment_text", "time_has_come", "wait_for_time"]


def moment_text(timing: Timing, unix_s: float) -> str:
    """``2026-12-01 08:00 (Asia/Shanghai)``."""
    when = datetime.fromtimestamp(unix_s, UTC).astimezone(ZoneInfo(timing.zone))
    return f"{when:%Y-%m-%d %H:%M} ({timing.zone})"


def wait_for_time(view: CampaignView, now_unix_s: float) -> list[Action]:
    """Of a campaign that has not begun, or waits to begin again."""
    timing = view.campaign.timing
    if timing is None:
        return [Begin(view.occurrence + 1)] if not view.occurrence else [Transition("completed", view.reason)]
    entries = view.entries_about("", "")
    entry = view.open_entry("", "")
    if timing.cron is None and any(one.outcome == "missed" for one in entries) and not view.occurrence:
        return [Begin(1)]  # a person has been told, and lets it go on
    if entry is None:
        due = _next(timing, entries, view.created_unix_s, now_unix_s)
        if due is None:
            return [Transition("completed", view.reason)]
        begins = Transition("waiting", f"begins {moment_text(timing, due)}")
        return [Schedule(view.occurrence + 1, "", "", due), begins]
    if now_unix_s < entry.due_unix_s:
        return []
    if now_unix_s - entry.due_unix_s <= timing.grace_s:
        return [Settle(entry.id, "begun"), Begin(view.occurrence + 1)]
    return _missed_it("the campaign", timing, entry)


def _missed_it(what: str, timing: Timing, entry: Due) -> list[Action]:
    """By a rule it begins at the next time; what was to begin once waits for a person."""
    missed = _missed(what, timing, entry, "nobody was there to begin it")
    if timing.cron is not None:
        return [Settle(entry.id, "missed"), Tell("warning", f"{missed}; it begins at the next time of its rule")]
    reason = f"{missed}; resume begins it now"
    return [Settle(entry.id, "missed"), Tell("critical", reason), Want("pause", reason)]


def campaign_missed(view: CampaignView, now_unix_s: float) -> list[Action]:
    """Of a campaign that is to begin again while it is still at work: it does not, and says so."""
    timing = view.campaign.timing
    if timing is None or timing.cron is None:
        return []
    entry = view.open_entry("", "")
    if entry is None:
        due = _next(timing, view.entries_about("", ""), view.created_unix_s, now_unix_s)
        return [] if due is None else [Schedule(view.occurrence + 1, "", "", due)]
    if now_unix_s < entry.due_unix_s:
        return []
    return [Settle(entry.id, "missed"), Tell("warning", _missed("the campaign", timing, entry, "it was still at work"))]


def time_has_come(view: CampaignView, job: JobView, now_unix_s: float) -> list[Action] | None:
    """None: the job may begin. Else what is to be done until it may."""
    timing = view.step(job).timing
    if timing is None:
        return None
    entries = view.entries_about(job.step, job.cell_id)
    settled = {entry.outcome for entry in entries}
    if "begun" in settled or (timing.cron is None and "missed" in settled):  # a person lets it go on
        return None
    entry = view.open_entry(job.step, job.cell_id)
    if entry is None:
        due = _next(timing, entries, view.created_unix_s, now_unix_s)
        if timing.cron is None and (due is None or due <= now_unix_s):
            return None  # what came before took longer than until then
        return [] if due is None else [Schedule(view.occurrence, job.step, job.cell_id, due)]
    if now_unix_s < entry.due_unix_s:
        reason = f"begins {moment_text(timing, entry.due_unix_s)}"
        return [Explain(job.id, reason)] if job.reason != reason else []
    if now_unix_s - entry.due_unix_s <= timing.grace_s:
        return [Settle(entry.id, "begun")]
    return _missed_it(f"{job.step} of cell {job.cell_id}", timing, entry)


def _next(timing: Timing, entries: list[Due], created_unix_s: float, now_unix_s: float) -> float | None:
    previous = max((entry.due_unix_s for entry in entries), default=None)
    after = created_unix_s if previous is None and timing.cron is None else now_unix_s
    return next_due(timing, after, previous)


def _missed(what: str, timing: Timing, entry: Due, why: str) -> str:
    return f"{what} was to begin {moment_text(timing, entry.due_unix_s)} and did not: {why}"
