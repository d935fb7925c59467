"""The figures of a soak as text."""

from __future__ import annotations

from collections.abc import Mapping

from tests.soak.campaign import Campaign
from tests.soak.findings import Findings
from tests.soak.soak import Tally

__all__ = ["report"]


def report(tally: Tally, found: Findings, campaign: Campaign, *, seed: int) -> str:
    """Which points were hit and how often, kills, restarts, times, records; at the end what is wrong."""
    lost = sum(missing.rows for missing in found.missing)
    told = sum(missing.told_rows for missing in found.missing)
    lines = [
        f"seed {seed}: {tally.wall_s:.0f} s of wall time, {tally.lab_s / 3600:.1f} h in the laboratory",
        f"nodes started: {tally.nodes}; killed: {sum(tally.kills.values())} ({_counts(tally.kills)})",
        f"web killed: {tally.web_kills}; connections reset: {sum(tally.resets.values())} ({_counts(tally.resets)})",
        f"campaigns: {campaign.rounds}, jobs: {sum(found.jobs.values())} ({_counts(found.jobs)}), runs: {found.runs}",
        f"a person: {_counts(campaign.did)}",
        f"starts: {_counts(found.outcomes)}; runs given up after three that were killed: {found.given_up}",
        f"records stored, and equal to the instruments': {found.records}",
        f"rows that only a buffer between DLL and spool had: {lost} in {len(found.missing)} runs, told: up to {told}",
        "alarms raised:",
        *(f"  {times:4} x {message}" for message, times in found.alarms.most_common()),
        "died at:",
        *(f"  {times:4} x {point}" for point, times in sorted(tally.points.items())),
    ]
    lines += [f"no time for {len(tally.untried)} points"] if tally.untried else []
    lines += [f"NEVER HIT: {point}" for point in tally.never_hit]
    lines += [f"WRONG: {what}" for what in found.wrong] or ["nothing lost, nothing twice, nothing left open"]
    return "\n".join(lines)


def _counts(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {times}" for name, times in counted.items()) or "none"
