"""What stands around every page: name of the lab, who is here, where to go, what is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from orchestrator.people.role import Role
from orchestrator.people.secret import csrf_token
from orchestrator.web.access.person import Person, person_of
from orchestrator.web.pages.language import LANGUAGES, language_of, words_of
from orchestrator.web.pages.moment import moment
from orchestrator.web.sentences.book import book_of, result_book_of
from orchestrator.web.sentences.row import said_row
from orchestrator.web.service import Service

__all__ = ["NAVIGATION", "Frame", "fragment", "page"]

_FOLDER = Path(__file__).parents[1] / "templates"
N_ = str
"""Marks a text for the catalogue; it is translated where it is shown."""


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the navigation."""

    path: str
    name: str


NAVIGATION = (
    Link("/", N_("Bench")),
    Link("/start", N_("Start")),
    Link("/runs", N_("Runs")),
    Link("/queue", N_("Queue")),
    Link("/campaigns", N_("Campaigns")),
    Link("/alarms", N_("Alarms")),
    Link("/protocols", N_("Protocols")),
    Link("/cells", N_("Cells")),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What ``base.html`` needs of a request."""

    lab: str
    simulated: bool
    language: str
    path: str
    person: Person
    csrf: str
    """Empty where nobody logs in."""

    @property
    def may_operate(self) -> bool:
        """Whether this person may launch, steer and acknowledge."""
        return self.person.role.covers(Role.OPERATOR)

    @property
    def may_administer(self) -> bool:
        """Whether this person may see to people."""
        return self.person.role.covers(Role.ADMIN)

    @property
    def needs_actor(self) -> bool:
        """Whether whoever acts must be asked for a name, as the lab has no logins."""
        return self.person.name is None


def page(request: Request, service: Service, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page; ``template`` extends ``base.html``."""
    return HTMLResponse(fragment(request, service, template, **context), status)


def fragment(request: Request, service: Service, template: str, **context: Any) -> str:
    """A template with the frame of this request, as text."""
    language = language_of(request)
    shown = environment(language).get_template(template)
    return shown.render(frame=frame_of(request, service), navigation=NAVIGATION, languages=LANGUAGES, **context)


def frame_of(request: Request, service: Service) -> Frame:
    """The frame of a request that has passed the gate."""
    person = person_of(request)
    return Frame(
        lab=service.lab.name,
        simulated=service.lab.simulated,
        language=language_of(request),
        path=request.url.path,
        person=person,
        csrf=csrf_token(person.session_secret) if person.session_secret is not None else "",
    )


@cache
def environment(language: str) -> Environment:
    """The templates in one language. What is not known to a template is an error, and everything is escaped."""
    made = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )
    made.filters["moment"] = moment
    made.filters["said"] = book_of(language).say
    made.filters["result"] = result_book_of(language).word
    made.filters["said_row"] = partial(said_row, book_of(language))
    made.install_gettext_translations(words_of(language), newstyle=True)  # type: ignore[attr-defined]
    return made
