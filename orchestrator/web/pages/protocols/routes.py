"""The pages of protocols."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from orchestrator.launch.known_protocol import library_protocols
from orchestrator.protocol_versions.difference import TooLong, differences
from orchestrator.protocol_versions.needs import TYPICAL_CELL
from orchestrator.web.models.fields import Name, PrintableText
from orchestrator.web.models.protocol_version import ContentHash, VersionText
from orchestrator.web.pages.frame import page
from orchestrator.web.pages.protocols.draft import BLANK, Draft, renamed
from orchestrator.web.pages.protocols.library_view import shelves
from orchestrator.web.pages.protocols.techniques import TECHNIQUES
from orchestrator.web.pages.protocols.version_view import cell_ids, history_of, version_view
from orchestrator.web.pages.readings import duration
from orchestrator.web.protocol_text import version_text
from orchestrator.web.refusal import WebRefused
from orchestrator.web.service import ReadingConnection, Service, ServiceHere

__all__ = ["router"]

router = APIRouter(prefix="/protocols")
_SOURCE_MAX = 250_000
"""Characters, as the API takes them."""
_TYPICAL_JSON = json.dumps({name: value for name, value in asdict(TYPICAL_CELL).items() if name != "id"})
"""As the API takes the properties of a cell."""


@router.get("")
def protocols_page(request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """The library, and the lab's own."""
    found = shelves(service, connection)
    return page(
        request,
        service,
        "protocols/library.html",
        shelves=found,
        typical=TYPICAL_CELL,
        techniques=TECHNIQUES,
        duration=duration,
    )


@router.get("/new")
def new_page(
    request: Request,
    service: ServiceHere,
    connection: ReadingConnection,
    template: Annotated[PrintableText, Query(alias="from")] = "",
) -> HTMLResponse:
    """The editor with a copy of a template, or with a short example."""
    if not template:
        return _editor(request, service, connection, Draft(BLANK, "my-protocol"), template)
    chosen = _chosen(connection, template)
    name = f"my-{chosen.name}"
    draft = Draft(renamed(chosen.source, name), name, chosen.sha256)
    return _editor(request, service, connection, draft, template)


@router.get("/edit")
def edit_page(
    request: Request, service: ServiceHere, connection: ReadingConnection, of: Annotated[Name, Query()]
) -> HTMLResponse:
    """The editor with a version, for the next one of its name."""
    chosen = _chosen(connection, of)
    newest = history_of(connection, chosen.name).newest
    outdated = newest not in (None, chosen.sha256)
    draft = Draft(chosen.source, chosen.name, chosen.sha256, newest, outdated)
    return _editor(request, service, connection, draft, "")


@router.get("/difference")
def difference_page(
    request: Request,
    service: ServiceHere,
    connection: ReadingConnection,
    old: Annotated[ContentHash, Query()],
    new: Annotated[ContentHash, Query()],
) -> HTMLResponse:
    """Two versions side by side."""
    before, after = version_text(connection, old), version_text(connection, new)
    try:
        rows = differences(before.source, after.source)
    except TooLong as error:
        raise WebRefused(str(error)) from error
    return page(request, service, "protocols/difference.html", before=before, after=after, rows=rows)


@router.get("/{choice}")
def version_page(choice: Name, request: Request, service: ServiceHere, connection: ReadingConnection) -> HTMLResponse:
    """One version, by its hash; or one of the library, by its name."""
    return page(
        request,
        service,
        "protocols/version.html",
        view=version_view(service, connection, _chosen(connection, choice)),
        cells=cell_ids(connection),
        typical=TYPICAL_CELL,
        typical_json=_TYPICAL_JSON,
        techniques=TECHNIQUES,
        duration=duration,
    )


def _editor(request: Request, service: Service, connection: Connection, draft: Draft, template: str) -> HTMLResponse:
    return page(
        request,
        service,
        "protocols/edit.html",
        draft=draft,
        begun_with=template,
        templates=[protocol.name for protocol in library_protocols()],
        cells=cell_ids(connection),
        typical=TYPICAL_CELL,
        typical_json=_TYPICAL_JSON,
        source_max=_SOURCE_MAX,
    )


def _chosen(connection: Connection, name_or_hash: str) -> VersionText:
    shipped = {protocol.name: protocol.sha256 for protocol in library_protocols()}
    return version_text(connection, shipped.get(name_or_hash, name_or_hash))
