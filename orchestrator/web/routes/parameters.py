"""Path and query parameters that several routes share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from orchestrator.web.models.fields import ID_MAX, PrintableText

__all__ = ["CampaignId", "Filter", "Limit", "Offset", "RunId"]

RunId = Annotated[int, Path(ge=1, le=ID_MAX, description="Number of the run.", examples=[17])]
CampaignId = Annotated[int, Path(ge=1, le=ID_MAX, description="Number of the campaign.", examples=[3])]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Offset = Annotated[int, Query(ge=0, le=ID_MAX, description="Leave out so many first.")]
Filter = Annotated[PrintableText | None, Query()]
