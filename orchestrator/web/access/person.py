"""Who is asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel

from orchestrator.people.role import Role
from orchestrator.web.refusal import WebRefused

__all__ = ["ANYBODY", "Asking", "Person", "person_of", "signed"]


@dataclass(frozen=True, slots=True)
class Person:
    """A person, a program in a person's name, or whoever is at this computer where the lab has no logins."""

    name: str | None
    """None: the lab has no logins."""
    role: Role
    token: str | None = None
    """Label of the token that a program asks with."""
    session_secret: str | None = None
    """Of one who logged in with a browser."""

    def actor(self, written: str = "") -> str:
        """Name for the event log: the person's own; what is ``written`` counts only where nobody logs in."""
        if self.name is not None:
            return self.name if self.token is None else f"{self.name} (token {self.token})"
        if not written:
            raise WebRefused("actor: the lab has no logins, so say who is acting")
        return written


ANYBODY = Person(None, Role.ADMIN)
"""Where the lab file says ``login: off``: who sits at this computer may do everything, as with the lab file itself."""


_Signed = TypeVar("_Signed", bound=BaseModel)


def signed(body: _Signed, person: Person) -> _Signed:
    """The body with the name under which the event log knows who asked for it. Raises WebRefused without any."""
    written = getattr(body, "actor", "")
    return body.model_copy(update={"actor": person.actor(written)})


def person_of(request: Request) -> Person:
    """The person that the gate found."""
    person: Person = request.scope["state"]["person"]
    return person


Asking = Annotated[Person, Depends(person_of)]
