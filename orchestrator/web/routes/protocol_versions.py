"""Versions of protocols, saved or launched; and protocols in the format of others."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse

from orchestrator.launch.known_cell import known_cell
from orchestrator.launch.known_protocol import protocol_by_hash
from orchestrator.protocol_versions.save import NewerVersion, Saving, save_version
from orchestrator.store.protocol_files import list_versions
from orchestrator.web.access.person import Asking, signed
from orchestrator.web.entity_tag import tag_headers, unchanged
from orchestrator.web.models.fields import CellId
from orchestrator.web.models.page import Page
from orchestrator.web.models.protocol_version import (
    ImportAnswer,
    ImportRequest,
    NewVersion,
    PathHash,
    UnicyclerAnswer,
    VersionAnswer,
    VersionText,
)
from orchestrator.web.protocol_text import unknown_version, version_text
from orchestrator.web.refusal import Conflict, NotFound
from orchestrator.web.routes.parameters import Filter, Limit, Offset
from orchestrator.web.service import ReadingConnection, ServiceHere
from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.reading import check, parse_protocol

__all__ = ["router"]

router = APIRouter(prefix="/protocols", tags=["protocols"])


@router.post("", status_code=HTTPStatus.CREATED, responses={200: {"description": "This very text is there already."}})
def save_protocol(body: NewVersion, person: Asking, service: ServiceHere, response: Response) -> VersionAnswer:
    """Keep a text that has nothing wrong as a version, without launching it.

    409 where its name has a newer version than the parent and ``newest_known``: somebody else has saved one.
    """
    body = signed(body, person)
    source = body.source.removeprefix("\ufeff")
    if problems := check(source, "protocol.yaml"):
        raise ProtocolErrors(problems)
    saving = Saving(body.actor, body.note, body.parent, body.newest_known)
    with service.writing() as connection:
        protocol = parse_protocol(source, "protocol.yaml")
        try:
            stored, new = save_version(connection, protocol, saving, service.now_unix_s(connection))
        except NewerVersion as error:
            raise Conflict(str(error)) from error
    if not new:
        response.status_code = HTTPStatus.OK
    return VersionAnswer.model_validate(stored)


@router.post("/import")
def import_protocol(request: ImportRequest) -> ImportAnswer:
    """Translate a unicycler file to the text of a protocol; nothing is stored."""
    from protocols.exchange.unicycler import import_unicycler  # noqa: PLC0415 - for those who import

    imported = import_unicycler(request.content, request.name)
    return ImportAnswer(source=imported.text, remarks=list(imported.remarks))


@router.get("/versions")
def list_protocol_versions(
    connection: ReadingConnection, name: Filter = None, limit: Limit = 50, offset: Offset = 0
) -> Page[VersionAnswer]:
    """Every version that was launched or saved, newest first."""
    found, total = list_versions(connection, name, limit=limit, offset=offset)
    items = [VersionAnswer.model_validate(one) for one in found]
    return Page(items=items, total=total, limit=limit, offset=offset)


@router.get("/versions/{sha256}")
def get_version(sha256: PathHash, connection: ReadingConnection) -> VersionText:
    """One version with its text; those of the library too."""
    return version_text(connection, sha256)


@router.get(
    "/versions/{sha256}/file",
    response_class=PlainTextResponse,
    responses={
        200: {"content": {"application/yaml": {}}, "description": "The text, as a file."},
        304: {"description": "The same as what `If-None-Match` names."},
    },
)
def download_version(sha256: PathHash, request: Request, connection: ReadingConnection) -> Response:
    """The very bytes of a version, as a file to keep; its hash is the `ETag`."""
    found = version_text(connection, sha256)
    kept = unchanged(request, sha256)
    if kept is not None:
        return kept
    file = {"Content-Disposition": f'attachment; filename="{found.name}-{sha256[:8]}.yaml"'}
    return Response(found.source.encode(), media_type="application/yaml", headers=tag_headers(sha256) | file)


@router.get("/versions/{sha256}/unicycler")
def export_version(
    sha256: PathHash, connection: ReadingConnection, cell: Annotated[CellId, Query(examples=["L1"])]
) -> UnicyclerAnswer:
    """The plan for a cell as unicycler JSON, in absolute currents; what it cannot say is refused with its line."""
    from protocols.exchange.unicycler import export_unicycler  # noqa: PLC0415 - for those who export

    found = protocol_by_hash(connection, sha256)
    if found is None:
        raise NotFound(unknown_version(sha256))
    exported = export_unicycler(compile_protocol(found, known_cell(connection, cell)), found.file)
    return UnicyclerAnswer(name=f"{found.name}.json", content=exported.content, remarks=list(exported.remarks))
