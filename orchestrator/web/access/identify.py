"""From the headers of a request to the person who asks."""

from __future__ import annotations

from starlette.datastructures import Headers

from orchestrator.people.secret import fingerprint
from orchestrator.store.login_sessions import session_person, session_seen
from orchestrator.store.tokens import token_person, token_used
from orchestrator.web.access.person import ANYBODY, Person
from orchestrator.web.access.session_cookie import session_secret
from orchestrator.web.service import Service

__all__ = ["identify"]


def identify(service: Service, headers: Headers) -> Person | None:
    """Who asks; None: nobody that the lab knows. A token goes before a cookie. Raises StoreUnavailable."""
    if not service.lab.web.login:
        return ANYBODY
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme:
        return _by_token(service, credentials.strip()) if scheme.lower() == "bearer" else None
    secret = session_secret(headers.get("cookie", ""))
    return _by_session(service, secret) if secret is not None else None


def _by_token(service: Service, secret: str) -> Person | None:
    now = service.wall_unix_s()
    with service.reading() as connection:
        found = token_person(connection, fingerprint(secret), now=now)
    if found is None:
        return None
    if found.unseen:
        with service.writing() as connection:
            token_used(connection, found.token_id, now=now)
    return Person(found.user_name, found.role, token=found.label)


def _by_session(service: Service, secret: str) -> Person | None:
    now, stored = service.wall_unix_s(), fingerprint(secret)
    with service.reading() as connection:
        found = session_person(connection, stored, now=now)
    if found is None:
        return None
    name, role, unseen = found
    if unseen:
        with service.writing() as connection:
            session_seen(connection, stored, now=now)
    return Person(name, role, session_secret=secret)
