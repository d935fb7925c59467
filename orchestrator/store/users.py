"""People who may log in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from orchestrator.people.role import Role
from orchestrator.store.errors import StoreError
from orchestrator.store.tables import login_sessions, tokens, users

__all__ = ["User", "add_user", "change_password", "count_users", "disable_user", "enable_user", "find_user",
           "list_users", "set_role"]  # fmt: skip

_SHOWN = (users.c.name, users.c.role, users.c.created_unix_s, users.c.disabled_unix_s)


@dataclass(frozen=True, slots=True)
class User:
    """One person. Times are real time."""

    name: str
    role: Role
    created_unix_s: float
    disabled_unix_s: float | None


def list_users(connection: Connection) -> list[User]:
    """Everybody, by name, disabled ones too."""
    return [_user(row) for row in connection.execute(select(*_SHOWN).order_by(users.c.name))]


def count_users(connection: Connection) -> int:
    """How many people may log in."""
    query = select(func.count()).select_from(users).where(users.c.disabled_unix_s.is_(None))
    return int(connection.execute(query).scalar_one())


def find_user(connection: Connection, name: str) -> tuple[User, str] | None:
    """A person who may log in, with the hash of the password; None where there is no such person."""
    query = select(*_SHOWN, users.c.password_hash).where(users.c.name == name, users.c.disabled_unix_s.is_(None))
    row = connection.execute(query).one_or_none()
    return None if row is None else (_user(row), str(row.password_hash))


def add_user(connection: Connection, name: str, role: Role, password_hash: str, *, now: float) -> User:
    """Add a person. Raises StoreError where the name is taken."""
    if connection.scalar(select(users.c.name).where(users.c.name == name)) is not None:
        raise StoreError(f"user {name} exists already; `cellbench user ls` lists everybody")
    connection.execute(
        users.insert().values(name=name, role=role.value, password_hash=password_hash, created_unix_s=now)
    )
    return User(name, role, now, None)


def change_password(connection: Connection, name: str, password_hash: str) -> None:
    """Give a person another password and end all of that person's sessions. Raises StoreError for an unknown name."""
    _known(connection, name)
    connection.execute(update(users).where(users.c.name == name).values(password_hash=password_hash))
    connection.execute(delete(login_sessions).where(login_sessions.c.user_name == name))


def set_role(connection: Connection, name: str, role: Role) -> User:
    """Let a person do more or less, from the next request on. Raises StoreError where no admin would be left."""
    user = _known(connection, name)
    if role is not Role.ADMIN:
        _keep_an_admin(connection, user)
    connection.execute(update(users).where(users.c.name == name).values(role=role.value))
    return _known(connection, name)


def disable_user(connection: Connection, name: str, *, now: float) -> User:
    """Shut a person out: sessions end, tokens are revoked. Raises StoreError where no admin would be left."""
    user = _known(connection, name)
    _keep_an_admin(connection, user)
    if user.disabled_unix_s is None:
        connection.execute(update(users).where(users.c.name == name).values(disabled_unix_s=now))
        connection.execute(delete(login_sessions).where(login_sessions.c.user_name == name))
        open_tokens = update(tokens).where(tokens.c.user_name == name, tokens.c.revoked_unix_s.is_(None))
        connection.execute(open_tokens.values(revoked_unix_s=now))
    return _known(connection, name)


def enable_user(connection: Connection, name: str) -> User:
    """Let a person log in again; revoked tokens stay revoked. Raises StoreError for an unknown name."""
    _known(connection, name)
    connection.execute(update(users).where(users.c.name == name).values(disabled_unix_s=None))
    return _known(connection, name)


def _known(connection: Connection, name: str) -> User:
    row = connection.execute(select(*_SHOWN).where(users.c.name == name)).one_or_none()
    if row is None:
        raise StoreError(f"there is no user {name}; `cellbench user ls` lists everybody")
    return _user(row)


def _keep_an_admin(connection: Connection, user: User) -> None:
    """Two admins who shut each other out at once wait for one another here: all admin rows are locked."""
    query = select(users.c.name).where(users.c.role == Role.ADMIN.value, users.c.disabled_unix_s.is_(None))
    admins = set(connection.execute(query.with_for_update()).scalars())
    if admins == {user.name}:
        raise StoreError(f"{user.name} is the only admin; make somebody else admin first")


def _user(row: Sequence[Any]) -> User:
    name, role, created_unix_s, disabled_unix_s = row[: len(_SHOWN)]
    return User(name, Role(role), created_unix_s, disabled_unix_s)
