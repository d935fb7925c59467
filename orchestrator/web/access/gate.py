"""The gate: nothing behind it is reached by somebody who may not."""

from __future__ import annotations

import hmac
from http import HTTPStatus

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestrator.people.role import Role
from orchestrator.people.secret import csrf_token
from orchestrator.store.errors import StoreError
from orchestrator.web.access.identify import identify
from orchestrator.web.access.needed_role import needed_role
from orchestrator.web.access.person import Person
from orchestrator.web.access.session_cookie import CSRF_HEADER
from orchestrator.web.pages.problem_page import is_for_a_person, login_path
from orchestrator.web.problems import problem_answer, problem_for
from orchestrator.web.service import Service

__all__ = ["Gate"]

_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_LOG_IN = (
    "log in first: a program sends `Authorization: Bearer TOKEN`, the command line takes the token from "
    "CELLBENCH_TOKEN; `cellbench token add` on the lab's computer makes one"
)


class Gate:
    """ASGI middleware; it puts the person into ``scope["state"]["person"]``."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with its person, or answer why not."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        method = scope.get("method", "GET")
        needed = needed_role(method, scope["path"])
        headers = Headers(scope=scope)
        refusal: Response | None = None
        if needed is not None:
            try:
                person = await anyio.to_thread.run_sync(identify, self._service, headers)
            except StoreError as error:
                refusal = _refused(scope, HTTPStatus.SERVICE_UNAVAILABLE, str(error))
            else:
                scope.setdefault("state", {})["person"] = person
                refusal = _refusal(scope, person, needed, headers)
        if refusal is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await refusal(scope, receive, send)
        else:  # before the handshake is accepted, so the browser sees 403
            await send({"type": "websocket.close", "code": 1008, "reason": "log in first"})


def _refusal(scope: Scope, person: Person | None, needed: Role, headers: Headers) -> Response | None:
    method = scope.get("method", "GET")
    if person is None:
        if is_for_a_person(method, scope["path"], headers):
            return RedirectResponse(login_path(scope["path"], scope["query_string"].decode()), HTTPStatus.SEE_OTHER)
        answer = problem_answer(HTTPStatus.UNAUTHORIZED, [_LOG_IN])
        answer.headers["WWW-Authenticate"] = 'Bearer realm="cellbench"'
        return answer
    if not person.role.covers(needed):
        line = f"{person.actor('anybody')} is {person.role}; this takes {needed}: ask an admin of the lab"
        return _refused(scope, HTTPStatus.FORBIDDEN, line)
    if person.session_secret is not None and method in _WRITES:
        expected = csrf_token(person.session_secret).encode()
        if not hmac.compare_digest(headers.get(CSRF_HEADER, "").encode(), expected):
            line = "the request does not come from a page of this service; load the page again"
            return problem_answer(HTTPStatus.FORBIDDEN, [line])
    return None


def _refused(scope: Scope, status: HTTPStatus, line: str) -> Response:
    """As a page where a browser asks for one."""
    return problem_for(Request(scope), status, [line]) if scope["type"] == "http" else problem_answer(status, [line])
