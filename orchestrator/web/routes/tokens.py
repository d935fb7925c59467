"""API tokens: one's own; an admin sees and revokes everybody's."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import Connection

from orchestrator.people.role import Role
from orchestrator.people.secret import fingerprint, new_token
from orchestrator.store import tokens as stored
from orchestrator.store.events import append_event
from orchestrator.web.access.person import Asking, Person
from orchestrator.web.models.fields import ID_MAX
from orchestrator.web.models.people import NewToken, TokenAnswer, TokenMade
from orchestrator.web.refusal import Conflict, NotFound
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["people"])
_DAY_s = 86400.0


@router.get("/tokens")
def get_tokens(person: Asking, connection: ReadingConnection) -> list[TokenAnswer]:
    """Tokens, newest first."""
    return [TokenAnswer(**asdict(one)) for one in _seen_by(connection, person)]


@router.post("/tokens", status_code=HTTPStatus.CREATED)
def add_token(body: NewToken, person: Asking, service: ServiceHere) -> TokenMade:
    """Make a token. Its secret is in this answer and nowhere else."""
    if person.name is None:
        raise Conflict("the lab has no logins, so nobody needs a token")
    if not person.role.covers(body.role):
        raise Conflict(f"{person.name} is {person.role} here; a token cannot be {body.role}")
    secret, now = new_token(), service.wall_unix_s()
    with service.writing() as connection:
        made = stored.add_token(
            connection,
            person.name,
            fingerprint(secret),
            body.label,
            body.role,
            now=now,
            expires=now + body.days * _DAY_s,
        )
        line = f"token {made.id} ({body.label}, {body.role}) made for {body.days} d"
        lab_now = service.now_unix_s(connection)
        append_event(connection, now=lab_now, actor=person.actor(), kind="people", message=line)
    return TokenMade(**asdict(made), secret=secret)


@router.delete("/tokens/{token_id}")
def revoke_token(token_id: Annotated[int, Path(ge=1, le=ID_MAX)], person: Asking, service: ServiceHere) -> TokenAnswer:
    """End a token, at once."""
    with service.writing() as connection:
        if token_id not in {one.id for one in _seen_by(connection, person)}:
            raise NotFound(f"there is no token {token_id}")
        revoked = stored.revoke_token(connection, token_id, now=service.wall_unix_s())
        now = service.now_unix_s(connection)
        line = f"token {token_id} ({revoked.label}) of {revoked.user_name} revoked"
        append_event(connection, now=now, actor=person.actor("anybody"), kind="people", message=line)
        return TokenAnswer(**asdict(revoked))


def _seen_by(connection: Connection, person: Person) -> list[stored.ApiToken]:
    return stored.list_tokens(connection, None if person.role is Role.ADMIN else person.name)
