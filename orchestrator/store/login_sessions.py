"""Who is logged in with a browser. A session ends after some hours without a request, and after a week anyhow."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, select, update

from orchestrator.people.role import Role
from orchestrator.store.tables import login_sessions, users

__all__ = ["IDLE_MAX_s", "LIFE_MAX_s", "LoginSession", "end_session", "end_sessions", "list_sessions", "session_person",
           "session_seen", "start_session"]  # fmt: skip

IDLE_MAX_s = 12 * 3600.0
LIFE_MAX_s = 7 * 86400.0
_SEEN_EVERY_s = 60.0


@dataclass(frozen=True, slots=True)
class LoginSession:
    """One browser in which a person is logged in. Times are real time."""

    fingerprint: str
    created_unix_s: float
    seen_unix_s: float


def start_session(connection: Connection, user_name: str, fingerprint: str, *, now: float) -> None:
    """Log a person in; sessions that are over are swept out."""
    connection.execute(delete(login_sessions).where(~_lives(now)))
    connection.execute(
        login_sessions.insert().values(
            fingerprint=fingerprint, user_name=user_name, created_unix_s=now, seen_unix_s=now
        )
    )


def session_person(connection: Connection, fingerprint: str, *, now: float) -> tuple[str, Role, bool] | None:
    """Name and role of the person; third, whether it is time for :func:`session_seen`. None: not logged in."""
    query = (
        select(users.c.name, users.c.role, login_sessions.c.seen_unix_s)
        .join(users, users.c.name == login_sessions.c.user_name)
        .where(login_sessions.c.fingerprint == fingerprint, _lives(now), users.c.disabled_unix_s.is_(None))
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else (row.name, Role(row.role), now - row.seen_unix_s > _SEEN_EVERY_s)


def session_seen(connection: Connection, fingerprint: str, *, now: float) -> None:
    """Let the idle time begin anew."""
    connection.execute(
        update(login_sessions).where(login_sessions.c.fingerprint == fingerprint).values(seen_unix_s=now)
    )


def end_session(connection: Connection, fingerprint: str) -> None:
    """Log out."""
    connection.execute(delete(login_sessions).where(login_sessions.c.fingerprint == fingerprint))


def end_sessions(connection: Connection, user_name: str) -> None:
    """Log a person out everywhere."""
    connection.execute(delete(login_sessions).where(login_sessions.c.user_name == user_name))


def list_sessions(connection: Connection, user_name: str, *, now: float) -> list[LoginSession]:
    """Where a person is logged in, the one used last first."""
    columns = login_sessions.c["fingerprint", "created_unix_s", "seen_unix_s"]
    query = select(*columns).where(login_sessions.c.user_name == user_name, _lives(now))
    found = connection.execute(query.order_by(login_sessions.c.seen_unix_s.desc()))
    return [LoginSession(*row) for row in found]


def _lives(now: float) -> ColumnElement[bool]:
    return and_(login_sessions.c.seen_unix_s > now - IDLE_MAX_s, login_sessions.c.created_unix_s > now - LIFE_MAX_s)
