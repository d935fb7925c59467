"""Logging in and out."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from orchestrator.people.password import hash_password, password_problem, verify_nobody, verify_password
from orchestrator.people.role import Role
from orchestrator.people.secret import csrf_token, fingerprint, new_secret
from orchestrator.store.events import append_event
from orchestrator.store.login_sessions import end_session, end_sessions, start_session
from orchestrator.store.users import change_password, find_user
from orchestrator.web.access.person import Asking, Person
from orchestrator.web.access.session_cookie import drop_cookie, set_cookie
from orchestrator.web.models.people import Login, PasswordChange, SessionAnswer
from orchestrator.web.refusal import Conflict, Unauthorized, WebRefused
from orchestrator.web.service import Service, ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["people"])


@router.get("/session")
def get_session(person: Asking) -> SessionAnswer:
    """Who is asking, and what that person may do."""
    return _answer(person)


@router.post("/session")
def log_in(body: Login, request: Request, response: Response, service: ServiceHere) -> SessionAnswer:
    """Log in with a browser: the answer sets a cookie. 429 after too many failures, with `Retry-After`."""
    if not service.lab.web.login:
        raise Conflict("the lab has no logins; `web.login` in its lab file says so")
    address = request.client.host if request.client else ""
    role = _checked(service, body.name, body.password, address)
    secret = new_secret()
    with service.writing() as connection:
        start_session(connection, body.name, fingerprint(secret), now=service.wall_unix_s())
        now = service.now_unix_s(connection)
        append_event(connection, now=now, actor=body.name, kind="login", message=f"logged in from {address}")
    set_cookie(response, secret, https=request.url.scheme == "https")
    return _answer(Person(body.name, role, session_secret=secret))


@router.delete("/session", status_code=HTTPStatus.NO_CONTENT)
def log_out(
    person: Asking,
    request: Request,
    response: Response,
    service: ServiceHere,
    everywhere: Annotated[bool, Query(description="In all browsers, not only in this one.")] = False,
) -> None:
    """Log out."""
    if person.session_secret is not None and person.name is not None:
        with service.writing() as connection:
            if everywhere:
                end_sessions(connection, person.name)
            else:
                end_session(connection, fingerprint(person.session_secret))
    drop_cookie(response, https=request.url.scheme == "https")


@router.post("/session/password", status_code=HTTPStatus.NO_CONTENT)
def change_own_password(body: PasswordChange, person: Asking, request: Request, service: ServiceHere) -> None:
    """Change one's own password; all sessions end, this one too."""
    if person.name is None or person.token is not None:
        raise Conflict("only somebody who is logged in with a password can change it")
    problem = password_problem(body.new_password, person.name)
    if problem is not None:
        raise WebRefused(f"new_password: {problem}")
    _checked(service, person.name, body.old_password, request.client.host if request.client else "")
    encoded = hash_password(body.new_password)
    with service.writing() as connection:
        change_password(connection, person.name, encoded)
        now = service.now_unix_s(connection)
        append_event(connection, now=now, actor=person.name, kind="people", message="changed the own password")


def _checked(service: Service, name: str, password: str, address: str) -> Role:
    """Role of the person, where the password fits. Raises Unauthorized; nothing in it says what did not fit."""
    wait_s = service.attempts.wait_s(name, address, service.monotonic_s())
    if wait_s > 0:
        raise Unauthorized("too many failed logins; wait a while", retry_after_s=math.ceil(wait_s))
    with service.reading() as connection:
        found = find_user(connection, name)
    with service.verifying:  # each takes a core and 64 MB for 50 ms: one after the other
        fits = verify_password(found[1], password) if found is not None else verify_nobody(password)
    if found is None or not fits:
        service.attempts.failed(name, address, service.monotonic_s())
        with service.writing() as connection:
            now = service.now_unix_s(connection)
            line = f"failed login as {name!r} from {address}"
            append_event(connection, now=now, actor="web", kind="login", message=line)
        raise Unauthorized("name or password is wrong")
    service.attempts.succeeded(name, address)
    return found[0].role


def _answer(person: Person) -> SessionAnswer:
    csrf = csrf_token(person.session_secret) if person.session_secret is not None else None
    return SessionAnswer(name=person.name, role=person.role, token=person.token, csrf_token=csrf)
