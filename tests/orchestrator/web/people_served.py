"""A service with logins, and its people: a viewer, an operator and an admin."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from argon2 import PasswordHasher
from sqlalchemy import Engine

from orchestrator.config import Lab
from orchestrator.people.role import Role
from orchestrator.people.secret import fingerprint, new_token
from orchestrator.store.events import list_events
from orchestrator.store.tokens import add_token
from orchestrator.store.transactions import reading, writing
from orchestrator.store.users import add_user
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.served import served

PASSWORDS = {"vera": "copper foil at noon", "olga": "slurry mixed by hand", "adam": "glove box under argon"}
ROLES = {"vera": Role.VIEWER, "olga": Role.OPERATOR, "adam": Role.ADMIN}
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_HASHES = {name: _CHEAP.hash(password) for name, password in PASSWORDS.items()}
FAR_unix_s = 4e9


@dataclass
class People:
    lab: Lab
    engine: Engine
    url: str
    stack: ExitStack

    def _client(self, token: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else None
        client = httpx.Client(base_url=f"{self.url}/api/v1/", timeout=120, headers=headers)
        return self.stack.enter_context(client)

    def browser(self, name: str | None = None, password: str | None = None) -> httpx.Client:
        """A browser, logged in where a name is given; what it writes carries the page's CSRF token."""
        http = self._client()
        if name is not None:
            answer = http.post("session", json={"name": name, "password": password or PASSWORDS[name]})
            assert answer.status_code == 200, answer.text
            http.headers["X-CSRF-Token"] = answer.json()["csrf_token"]
        return http

    def token(self, name: str, role: Role, expires: float = FAR_unix_s) -> str:
        secret = new_token()
        with writing(self.engine) as connection:
            add_token(connection, name, fingerprint(secret), "a test", role, now=1.0, expires=expires)
        return secret

    def program(self, secret: str) -> httpx.Client:
        return self._client(secret)

    def log(self) -> list[str]:
        with reading(self.engine) as connection:
            return [f"{event.actor}: {event.message}" for event in list_events(connection)]


@contextmanager
def people_served(folder: Path) -> Iterator[People]:
    """The service, with people whose passwords cost little to check."""
    lab = make_lab(folder, login="required")
    fill(lab)
    with served(lab) as (url, engine), ExitStack() as stack:
        with writing(engine) as connection:
            for name, role in ROLES.items():
                add_user(connection, name, role, _HASHES[name], now=1.0)
        yield People(lab, engine, url, stack)
