"""Who reads an answer: its sentences are in the language of whoever asked."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Annotated

from pydantic import PlainSerializer
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from orchestrator.web.pages.language import language_of
from orchestrator.web.sentences.book import book_of
from orchestrator.web.sentences.row import said_row

__all__ = ["ReaderLanguage", "Row", "Sentence", "for_reader"]

_language: ContextVar[str] = ContextVar("reader_language", default="en")


class ReaderLanguage:
    """ASGI middleware: remembers, while a request is answered, the language that it asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        token = _language.set(language_of(HTTPConnection(scope)))
        try:
            await self._app(scope, receive, send)
        finally:
            _language.reset(token)


def for_reader(sentence: str) -> str:
    """In the language of the request that is being answered; English outside of one."""
    return book_of(_language.get()).say(sentence)


def _row_for_reader(row: str) -> str:
    return said_row(book_of(_language.get()), row)


Sentence = Annotated[str, PlainSerializer(for_reader, return_type=str, when_used="json")]
"""A field of an answer that people read: English inside, and in JSON the language of whoever asked."""

Row = Annotated[str, PlainSerializer(_row_for_reader, return_type=str, when_used="json")]
"""The same for a line of a plan, which may be a row of a table."""
