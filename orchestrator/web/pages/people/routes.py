"""Who may log in, and what belongs to oneself."""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from orchestrator.people.password import LENGTH_MAX, LENGTH_MIN
from orchestrator.people.role import ROLES, Role
from orchestrator.people.secret import fingerprint
from orchestrator.store.login_sessions import LoginSession, list_sessions
from orchestrator.store.tokens import ApiToken, list_tokens
from orchestrator.store.users import list_users
from orchestrator.web.access.person import Asking, Person
from orchestrator.web.models.people import TOKEN_DAYS_MAX
from orchestrator.web.pages.frame import page
from orchestrator.web.refusal import Conflict
from orchestrator.web.service import ReadingConnection, Service, ServiceHere

__all__ = ["router"]

router = APIRouter()


@dataclass(frozen=True, slots=True)
class TokenView:
    """One row."""

    token: ApiToken
    now_unix_s: float

    @property
    def state(self) -> str:
        """A word: valid, revoked, expired."""
        if self.token.revoked_unix_s is not None:
            return "revoked"
        return "valid" if self.token.expires_unix_s > self.now_unix_s else "expired"


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """What a form says of passwords; the API has the last word."""

    shortest: int = LENGTH_MIN
    longest: int = LENGTH_MAX


@router.get("/people")
def get_people(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """Everybody and everybody's tokens, for an admin: the gate sees to that."""
    _require_logins(service)
    users = list_users(connection)
    admins = [user for user in users if user.role is Role.ADMIN and user.disabled_unix_s is None]
    last_admin = admins[0].name if len(admins) == 1 else None
    tokens = _views(service, list_tokens(connection))
    return page(
        request, service, "people/people.html",
        users=users, last_admin=last_admin, tokens=tokens, roles=ROLES, passwords=PasswordRule(),
    )  # fmt: skip


@router.get("/me")
def get_me(request: Request, service: ServiceHere, connection: ReadingConnection, person: Asking) -> HTMLResponse:
    """One's own password, sessions and tokens."""
    name = _require_logins(service, person)
    sessions = list_sessions(connection, name, now=service.wall_unix_s())
    return page(
        request, service, "people/me.html",
        sessions=[(one, _is_here(one, person)) for one in sessions],
        tokens=_views(service, list_tokens(connection, name)),
        roles=[role for role in ROLES if person.role.covers(role)],
        days_max=TOKEN_DAYS_MAX, passwords=PasswordRule(),
    )  # fmt: skip


def _require_logins(service: Service, person: Person | None = None) -> str:
    """Name of the person. Raises Conflict where the lab has no logins."""
    if not service.lab.web.login or (person is not None and person.name is None):
        raise Conflict("the lab has no logins; `web.login` in its lab file says so")
    return person.name or "" if person is not None else ""


def _views(service: Service, found: list[ApiToken]) -> list[TokenView]:
    now = service.wall_unix_s()
    return [TokenView(one, now) for one in found]


def _is_here(session: LoginSession, person: Person) -> bool:
    """Whether it is the browser that asks."""
    secret = person.session_secret
    return secret is not None and hmac.compare_digest(fingerprint(secret), session.fingerprint)
