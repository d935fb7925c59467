"""What a person sees, not a program, where a page does not exist or may not be seen."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import HTMLResponse

from orchestrator.web.pages.bare import bare_page
from orchestrator.web.pages.frame import N_, page

__all__ = ["is_for_a_person", "login_path", "problem_page"]

_FOR_PROGRAMS = ("/api/", "/metrics", "/alive", "/words/", "/static/")
_TITLES = {
    HTTPStatus.NOT_FOUND: N_("There is no such page"),
    HTTPStatus.FORBIDDEN: N_("You may not see this page"),
    HTTPStatus.SERVICE_UNAVAILABLE: N_("Not possible at present"),
    HTTPStatus.UNPROCESSABLE_ENTITY: N_("This address makes no sense"),
}


def is_for_a_person(method: str, path: str, headers: Headers) -> bool:
    """Whether a browser asks for a whole page."""
    if method not in ("GET", "HEAD") or path.startswith(_FOR_PROGRAMS) or "hx-request" in headers:
        return False
    return "text/html" in headers.get("accept", "")


def login_path(path: str, query: str) -> str:
    """The page on which people log in, and from where they come back to this one."""
    wanted = f"{path}?{query}" if query else path
    return "/login" if wanted == "/" else f"/login?back={quote(wanted, safe='/')}"


def problem_page(request: Request, status: int, problems: Sequence[str]) -> HTMLResponse:
    """The problem in words; within the frame of all pages where it is known who asks and the service is sound."""
    title = _TITLES.get(HTTPStatus(status), N_("That went wrong"))
    problems = [line for line in problems if line != HTTPStatus(status).phrase]
    if "person" in request.scope.get("state", {}) and request.scope["state"]["person"] and status < 500:
        service = request.app.state.service
        return page(request, service, "problem.html", status, title_key=title, problems=problems)
    return bare_page(request, "bare_problem.html", status, title_key=title, problems=problems)
