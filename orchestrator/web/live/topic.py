"""What can be followed: each topic is a table of things by key, made from the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from orchestrator.web.sentences.book import book_of
from orchestrator.web.service import Service

__all__ = ["Rows", "Snapshot", "Topic", "find_topic"]

Rows = Mapping[str, Mapping[str, Any]]
"""By key: what changes of it is sent. Nothing in it may change by the mere passing of time, or it is sent for ever."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What a topic may look at."""

    service: Service
    connection: Connection
    now_unix_s: float
    """Lab time."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A name that pages ask for: ``bench``, or with something behind the slash: ``run/17``."""

    name: str
    look: Callable[[Snapshot, str], Rows]
    """With what stands behind the slash, or an empty text."""
    sentences: frozenset[str] = frozenset()
    """Fields that hold sentences: each page has them in its language."""

    def row_in(self, language: str, row: Mapping[str, Any]) -> dict[str, Any]:
        """A row, or what has changed of it, as a page of this language is told it."""
        say = book_of(language).say
        return {name: say(value) if name in self.sentences and value else value for name, value in row.items()}


def find_topic(topics: Mapping[str, Topic], asked: str) -> tuple[Topic, str] | None:
    """The topic of ``run/17`` and ``17``; None: there is none of this name."""
    name, _, argument = asked.partition("/")
    found = topics.get(name)
    return None if found is None or len(argument) > 64 else (found, argument)
