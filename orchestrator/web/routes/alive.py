"""For whoever watches the process: it answers. Nothing about the lab is in it, so it takes no login."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse

__all__ = ["router"]

router = APIRouter(include_in_schema=False)


@router.api_route("/alive", methods=["GET", "HEAD"])
def alive() -> PlainTextResponse:
    """The process serves; whether the lab is well says ``/api/v1/health``."""
    return PlainTextResponse("alive\n")
