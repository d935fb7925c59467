"""A campaign that is only thought of: what is wrong with it, or where its cells must be and when it would be done."""

from __future__ import annotations

from sqlalchemy import Connection

from orchestrator.campaigns.definition import Campaign
from orchestrator.campaigns.hand_in import meet_cells
from orchestrator.campaigns.read_campaign import Overrides, read_campaign
from orchestrator.campaigns.timing import next_due
from orchestrator.campaigns.view import CampaignView
from orchestrator.config import Lab
from orchestrator.launch import LaunchRefused
from orchestrator.store.calendar import Due
from orchestrator.web.forecast_view import forecast_answer
from orchestrator.web.models.campaign import CampaignCheckAnswer, CampaignStart, ForecastAnswer, PlacementAnswer
from orchestrator.web.service import Service
from protocols.errors import ProtocolErrors

__all__ = ["check_campaign", "read_start"]

_THOUGHT_OF = 0
"""The number of a campaign that there is not."""


def read_start(body: CampaignStart, source: str, lab: Lab) -> Campaign:
    """The campaign that is asked for. Raises ProtocolErrors."""
    cells = {group: tuple(found) for group, found in body.cells.items()}
    benches = {pool: tuple(found) for pool, found in body.benches.items()}
    return read_campaign(source.removeprefix("\ufeff"), body.name, body.sources, Overrides(cells, benches), lab)


def check_campaign(connection: Connection, service: Service, body: CampaignStart, source: str) -> CampaignCheckAnswer:
    """What handing it in would say; nothing is stored."""
    now_unix_s = service.now_unix_s(connection)
    try:
        campaign = read_start(body, source, service.lab)
        campaign = meet_cells(connection, service.lab, service.cycler_for, campaign, now_unix_s)
    except ProtocolErrors as errors:
        return CampaignCheckAnswer(ok=False, problems=[str(error) for error in errors.errors])
    except LaunchRefused as refused:
        return CampaignCheckAnswer(ok=False, problems=list(refused.problems))
    return CampaignCheckAnswer(
        ok=True,
        problems=[],
        name=campaign.name,
        cells=len(campaign.cells),
        steps=len(campaign.steps),
        placements=[PlacementAnswer(cell=cell, bench=bench) for cell, bench in campaign.placed.items()],
        forecast=_forecast(connection, service, campaign, now_unix_s),
    )


def _forecast(connection: Connection, service: Service, campaign: Campaign, now_unix_s: float) -> ForecastAnswer:
    timing = campaign.timing
    due = None if timing is None else next_due(timing, now_unix_s)
    entries = () if due is None else (Due(0, _THOUGHT_OF, 1, "", "", due, None, None),)
    view = CampaignView(_THOUGHT_OF, campaign, "run", "waiting", 0, now_unix_s, entries=entries)
    everything = forecast_answer(connection, service, now_unix_s, beside=[view])
    slots = [slot for slot in everything.slots if slot.campaign_id == _THOUGHT_OF]
    ends = [slot.end_unix_s for slot in slots if slot.end_unix_s is not None]
    return ForecastAnswer(now_unix_s=now_unix_s, end_unix_s=max(ends, default=None), slots=slots)
