"""The whole API as OpenAPI. It takes a second to put together, in a thread: others are answered meanwhile."""

from __future__ import annotations

import json
from hashlib import sha256
from threading import Lock

from fastapi import APIRouter, FastAPI, Request, Response

from orchestrator.web.entity_tag import tag_headers, unchanged

__all__ = ["Description", "router"]

router = APIRouter()


class Description:
    """The document of an application, put together when somebody asks for it first."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._lock = Lock()
        self._document: tuple[bytes, str] | None = None

    def document(self) -> tuple[bytes, str]:
        """Its bytes, and their version."""
        with self._lock:
            if self._document is None:
                content = json.dumps(self._app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()
                self._document = content, sha256(content).hexdigest()
            return self._document


@router.get("/openapi.json", include_in_schema=False)
def get_description(request: Request) -> Response:
    """The document; 304 to who has it."""
    description: Description = request.app.state.description
    content, version = description.document()
    return unchanged(request, version) or Response(content, headers=tag_headers(version), media_type="application/json")
