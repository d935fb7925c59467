"""The page on which people log in."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from orchestrator.store.users import count_users
from orchestrator.web.pages.bare import bare_page
from orchestrator.web.pages.local_path import local_path
from orchestrator.web.service import ServiceHere

__all__ = ["router"]

router = APIRouter()


@router.api_route("/login", methods=["GET", "HEAD"])
def get_login(request: Request, service: ServiceHere, back: Annotated[str, Query(max_length=2000)] = "/") -> Response:
    """A form for name and password; after it comes the page that was asked for."""
    wanted = local_path(back)
    if not service.lab.web.login:
        return RedirectResponse(wanted, HTTPStatus.SEE_OTHER)
    with service.reading() as connection:
        nobody_yet = count_users(connection) == 0
    return bare_page(request, "login.html", back=wanted, nobody_yet=nobody_yet)
