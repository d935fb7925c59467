"""People who may log in; only admins come here."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

from fastapi import APIRouter
from sqlalchemy import Connection

from orchestrator.people.password import hash_password, password_problem
from orchestrator.store import users as stored
from orchestrator.store.events import append_event
from orchestrator.web.access.person import Asking
from orchestrator.web.models.people import NewUser, UserAnswer, UserChange, UserName
from orchestrator.web.refusal import NotFound, WebRefused
from orchestrator.web.service import ReadingConnection, ServiceHere

__all__ = ["router"]

router = APIRouter(tags=["people"])


@router.get("/users")
def get_users(connection: ReadingConnection) -> list[UserAnswer]:
    """Everybody, disabled people too."""
    return [UserAnswer(**asdict(user)) for user in stored.list_users(connection)]


@router.post("/users", status_code=HTTPStatus.CREATED)
def add_user(body: NewUser, person: Asking, service: ServiceHere) -> UserAnswer:
    """Let a person log in."""
    encoded = _hashed(body.password, body.name)
    with service.writing() as connection:
        user = stored.add_user(connection, body.name, body.role, encoded, now=service.wall_unix_s())
        now = service.now_unix_s(connection)
        line = f"user {body.name} added as {body.role}"
        append_event(connection, now=now, actor=person.actor("admin"), kind="people", message=line)
        return UserAnswer(**asdict(user))


@router.patch("/users/{name}")
def change_user(name: UserName, body: UserChange, person: Asking, service: ServiceHere) -> UserAnswer:
    """Change role or password, shut a person out or let one in again; from that person's next request on."""
    encoded = _hashed(body.password, name) if body.password is not None else None
    with service.writing() as connection:
        _known(connection, name)
        done = _change(connection, name, body, encoded, service.wall_unix_s())
        now = service.now_unix_s(connection)
        if done:
            line = f"user {name}: {', '.join(done)}"
            append_event(connection, now=now, actor=person.actor("admin"), kind="people", message=line)
        return UserAnswer(**asdict(_known(connection, name)))


def _change(connection: Connection, name: str, body: UserChange, encoded: str | None, wall_unix_s: float) -> list[str]:
    done = []
    if body.role is not None:
        stored.set_role(connection, name, body.role)
        done.append(f"role {body.role}")
    if encoded is not None:
        stored.change_password(connection, name, encoded)
        done.append("new password")
    if body.disabled is True:
        stored.disable_user(connection, name, now=wall_unix_s)
        done.append("disabled")
    if body.disabled is False:
        stored.enable_user(connection, name)
        done.append("enabled")
    return done


def _known(connection: Connection, name: str) -> stored.User:
    for user in stored.list_users(connection):
        if user.name == name:
            return user
    raise NotFound(f"there is no user {name}")


def _hashed(password: str, name: str) -> str:
    problem = password_problem(password, name)
    if problem is not None:
        raise WebRefused(f"password: {problem}")
    return hash_password(password)
