"""Pages for somebody whom nobody knows yet: they say nothing about the lab."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse

from orchestrator.web.pages.frame import environment
from orchestrator.web.pages.language import LANGUAGES, language_of

__all__ = ["bare_page"]


def bare_page(request: Request, template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """A whole page; ``template`` extends ``bare.html``."""
    language = language_of(request)
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    shown = environment(language).get_template(template)
    text = shown.render(language=language, languages=LANGUAGES, here=back, **context)
    return HTMLResponse(text, status, headers={"Vary": "Accept-Language, Cookie"})
