"""Campaigns, and the forecast."""

from __future__ import annotations

from typing import Literal

from orchestrator.client.connection import Connection, part
from orchestrator.web.models.campaign import (
    CampaignAnswer,
    CampaignCheckAnswer,
    CampaignDetail,
    CampaignOrderAnswer,
    CampaignStart,
    CampaignSummary,
    CampaignText,
    ForecastAnswer,
    Scan,
)
from orchestrator.web.models.page import Page
from orchestrator.web.models.run import Order

__all__ = ["CampaignCalls"]


class CampaignCalls(Connection):
    """Campaigns."""

    def check_campaign(self, request: CampaignStart) -> CampaignCheckAnswer:
        """What handing a campaign in would say; nothing is stored."""
        return self.send("POST", CampaignCheckAnswer, "campaigns/check", request)

    def campaign_library(self) -> list[CampaignSummary]:
        """The campaigns that come with cellbench."""
        return self.get(list[CampaignSummary], "campaigns/library")

    def library_campaign(self, name: str) -> CampaignText:
        """One of them, with its text."""
        return self.get(CampaignText, f"campaigns/library/{part(name)}")

    def start_campaign(self, request: CampaignStart) -> CampaignDetail:
        """Hand a campaign in."""
        return self.send("POST", CampaignDetail, "campaigns", request)

    def campaigns(self, *, limit: int = 50, offset: int = 0) -> Page[CampaignAnswer]:
        """Campaigns, newest first."""
        return self.get(Page[CampaignAnswer], "campaigns", {"limit": limit, "offset": offset})

    def campaign(self, campaign_id: int) -> CampaignDetail:
        """One campaign with its jobs."""
        return self.get(CampaignDetail, f"campaigns/{campaign_id}")

    def forecast(self) -> ForecastAnswer:
        """When every run and everything that campaigns have still to do is expected."""
        return self.get(ForecastAnswer, "forecast")

    def order_campaign(
        self, campaign_id: int, what: Literal["pause", "resume", "stop"], order: Order
    ) -> CampaignOrderAnswer:
        """Pause, resume or stop a campaign; the node carries it out."""
        return self.send("POST", CampaignOrderAnswer, f"campaigns/{campaign_id}/{what}", order)

    def confirm_campaign(self, campaign_id: int, scan: Scan) -> CampaignOrderAnswer:
        """Confirm what a campaign has asked a person to do, by the cell's barcode."""
        return self.send("POST", CampaignOrderAnswer, f"campaigns/{campaign_id}/confirm", scan)
