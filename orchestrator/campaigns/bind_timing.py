"""``start``, ``cron`` and ``grace`` of a file as a Timing."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestrator.campaigns.definition import Timing
from orchestrator.campaigns.schema import TimingKeys
from orchestrator.campaigns.timing import cron_trigger
from protocols.errors import Refusal, quoted
from protocols.node import ScalarNode

__all__ = ["bind_timing", "bind_zone"]

_GRACE_S = 3600.0
_START = "write 2026-12-01 08:00"
_NEVER = "it never comes due"


def bind_zone(written: ScalarNode | None, findings: list[Refusal]) -> str | None:
    """The name of the zone, None where there is none that can be used."""
    if written is None:
        return None
    try:
        return ZoneInfo(written.text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        findings.append(Refusal(written.place, f"{quoted(written.text)} is no time zone", "write Asia/Shanghai"))
        return None


def bind_timing(section: TimingKeys, zone: str | None, findings: list[Refusal]) -> Timing | None:
    """When it begins; None: as soon as it can."""
    start, cron = section.start, section.cron
    if start is None and cron is None:
        if section.grace is not None:
            findings.append(Refusal(section.grace.node.place, "grace of nothing", "add start or cron, or leave it out"))
        return None
    if start is not None and cron is not None:
        findings.append(Refusal(cron.place, "start and cron exclude each other", "write one of them"))
        return None
    grace_s = _GRACE_S if section.grace is None else section.grace.read(section.grace.node.text).value
    try:
        if cron is not None:
            return Timing(_zone(zone, cron), cron=_cron(cron, _zone(zone, cron)), grace_s=grace_s)
        assert start is not None  # noqa: S101  one of them is there
        moment = _moment(start)
        named = zone or ("UTC" if moment.tzinfo is not None else _zone(zone, start))
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(named))
        return Timing(named, start_unix_s=aware.timestamp(), grace_s=grace_s)
    except Refusal as refusal:
        findings.append(refusal)
        return None


def _zone(zone: str | None, written: ScalarNode) -> str:
    if zone is None:
        raise Refusal(written.place, "in which time zone?", "add time_zone: Asia/Shanghai to the campaign")
    return zone


def _moment(written: ScalarNode) -> datetime:
    try:
        return datetime.fromisoformat(written.text)
    except ValueError:
        raise Refusal(written.place, f"{quoted(written.text)} is no date with a time of day", _START) from None


def _cron(written: ScalarNode, zone: str) -> str:
    try:
        trigger = cron_trigger(written.text, zone)
    except ValueError as error:
        remedy = 'write minute, hour, day, month, weekday: "0 18 * * 1-5"'
        raise Refusal(written.place, f"{quoted(written.text)} is no cron rule: {error}", remedy) from error
    if trigger.get_next_fire_time(None, datetime.now(ZoneInfo(zone))) is None:
        raise Refusal(written.place, f"{quoted(written.text)}: {_NEVER}", "look at day and month")
    return written.text
