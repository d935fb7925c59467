"""API tokens: programs that ask in a person's name."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Row, select, update

from orchestrator.people.role import Role
from orchestrator.store.errors import StoreError
from orchestrator.store.tables import tokens, users

__all__ = ["ApiToken", "add_token", "list_tokens", "revoke_token", "token_person", "token_used"]

_SHOWN = tuple(column for column in tokens.columns if column.name != "fingerprint")
_USED_EVERY_s = 60.0


@dataclass(frozen=True, slots=True)
class ApiToken:
    """One token, without its secret. Times are real time."""

    id: int
    user_name: str
    label: str
    role: Role
    created_unix_s: float
    expires_unix_s: float
    used_unix_s: float | None
    revoked_unix_s: float | None


@dataclass(frozen=True, slots=True)
class TokenPerson:
    """In whose name a token asks, and the most that it may do there."""

    token_id: int
    user_name: str
    label: str
    role: Role
    unseen: bool
    """Whether it is time for :func:`token_used`."""


def list_tokens(connection: Connection, user_name: str | None = None) -> list[ApiToken]:
    """All tokens, or a person's; newest first."""
    query = select(*_SHOWN).order_by(tokens.c.id.desc())
    if user_name is not None:
        query = query.where(tokens.c.user_name == user_name)
    return [_token(row) for row in connection.execute(query)]


def add_token(
    connection: Connection, user_name: str, fingerprint: str, label: str, role: Role, *, now: float, expires: float
) -> ApiToken:
    """Keep a new token. Raises StoreError where the person does not exist, is disabled, or may less than ``role``."""
    query = select(users.c.role).where(users.c.name == user_name, users.c.disabled_unix_s.is_(None))
    own = connection.scalar(query)
    if own is None:
        raise StoreError(f"there is no user {user_name} who may log in; `cellbench user ls` lists everybody")
    if not Role(own).covers(role):
        raise StoreError(f"{user_name} is {own}; a token of that person cannot be {role}")
    row = tokens.insert().values(
        user_name=user_name, fingerprint=fingerprint, label=label, role=role.value, created_unix_s=now,
        expires_unix_s=expires,
    )  # fmt: skip
    token_id = connection.execute(row.returning(tokens.c.id)).scalar_one()
    return _one(connection, token_id)


def revoke_token(connection: Connection, token_id: int, *, now: float, user_name: str | None = None) -> ApiToken:
    """End a token, at once; ``user_name``: only if it is that person's. Raises StoreError where there is none."""
    found = _one(connection, token_id)
    if user_name is not None and found.user_name != user_name:
        raise StoreError(f"there is no token {token_id}")
    open_one = update(tokens).where(tokens.c.id == token_id, tokens.c.revoked_unix_s.is_(None))
    connection.execute(open_one.values(revoked_unix_s=now))
    return _one(connection, token_id)


def token_person(connection: Connection, fingerprint: str, *, now: float) -> TokenPerson | None:
    """Who asks with a token; None where it is unknown, revoked or expired, or its person is disabled."""
    query = (
        select(
            tokens.c.id, tokens.c.label, tokens.c.role, tokens.c.used_unix_s, users.c.name, users.c.role.label("own")
        )
        .join(users, users.c.name == tokens.c.user_name)
        .where(
            tokens.c.fingerprint == fingerprint,
            tokens.c.revoked_unix_s.is_(None),
            tokens.c.expires_unix_s > now,
            users.c.disabled_unix_s.is_(None),
        )
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    scope, own = Role(row.role), Role(row.own)
    least = scope if own.covers(scope) else own
    unseen = row.used_unix_s is None or now - row.used_unix_s > _USED_EVERY_s
    return TokenPerson(row.id, row.name, row.label, least, unseen)


def token_used(connection: Connection, token_id: int, *, now: float) -> None:
    """Note that it is in use."""
    connection.execute(update(tokens).where(tokens.c.id == token_id).values(used_unix_s=now))


def _one(connection: Connection, token_id: int) -> ApiToken:
    row = connection.execute(select(*_SHOWN).where(tokens.c.id == token_id)).one_or_none()
    if row is None:
        raise StoreError(f"there is no token {token_id}; `cellbench token ls` lists them")
    return _token(row)


def _token(row: Row[tuple[object, ...]]) -> ApiToken:
    values = row._asdict()
    return ApiToken(**{**values, "role": Role(values["role"])})
