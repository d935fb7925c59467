"""The web application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio.to_thread
from fastapi import APIRouter, FastAPI

from orchestrator.config import Lab
from orchestrator.preview.model_cells import ModelCells
from orchestrator.store.database import open_database
from orchestrator.web.access.gate import Gate
from orchestrator.web.drawing.drawings import Drawings
from orchestrator.web.guard import Guard, host_names
from orchestrator.web.live import socket as live_socket
from orchestrator.web.live.hub import Hub
from orchestrator.web.live.topics import TOPICS
from orchestrator.web.models.problem import Problem
from orchestrator.web.openapi import describe, operation_id
from orchestrator.web.pages.routers import pages
from orchestrator.web.pages.static_files import static_files
from orchestrator.web.problems import answer_problems
from orchestrator.web.routes import (
    alive,
    analyses,
    campaigns,
    cells,
    chambers,
    channels,
    description,
    exports,
    health,
    interlocks,
    log,
    messages,
    metrics,
    orders,
    plots,
    preview,
    protocol_parameters,
    protocol_versions,
    protocols,
    queue,
    records,
    runs,
    session,
    spectra,
    tokens,
    users,
    written_cell,
)
from orchestrator.web.routes.description import Description
from orchestrator.web.sentences.reader import ReaderLanguage
from orchestrator.web.service import Service

__all__ = ["API", "create_app"]

API = "/api/v1"
_THREADS = 8
"""Requests that are worked on at the same time; the others wait. Each needs one connection of the database's pool."""
_DESCRIPTION = """Battery tests on real instruments.

Units stand in the names, times are unix seconds of the lab's clock. Positive current charges. Every error is
`application/problem+json` with one line in `detail` and, in `problems`, one line for each thing that is wrong.
"""
_PROBLEMS: dict[int | str, dict[str, object]] = {
    "4XX": {"model": Problem, "description": "Refused; `problems` says why."},
    "5XX": {"model": Problem, "description": "Not possible now; `problems` says why."},
}


def create_app(lab: Lab, model_cells: ModelCells | None = None) -> FastAPI:
    """The application of a lab; it opens the lab's database and nothing else. Raises StoreError."""
    service = Service(lab, open_database(lab.database_url), model_cells)
    app = FastAPI(
        title="cellbench",
        description=_DESCRIPTION,
        version=version("cellbench"),
        openapi_url=None,  # FastAPI would put it together on the event loop; routes/description.py does not
        docs_url=None,  # they load their pages from elsewhere; a lab has no internet
        redoc_url=None,
        lifespan=_lifespan,
        responses=_PROBLEMS,
        generate_unique_id_function=operation_id,
    )
    app.state.service = service
    app.state.hub = Hub(service, TOPICS)
    app.state.drawings = Drawings()
    answer_problems(app)
    app.include_router(metrics.router)
    app.include_router(alive.router)
    app.include_router(live_socket.router)
    app.include_router(pages())
    app.mount("/static", static_files())
    app.include_router(_api())
    describe(app)
    app.state.description = Description(app)
    app.add_middleware(Gate, service=service)
    app.add_middleware(Guard, hosts=host_names(lab.web))
    app.add_middleware(ReaderLanguage)  # the outer one: whatever is refused is refused in words that are read
    return app


def _api() -> APIRouter:
    api = APIRouter(prefix=API)
    for part in (
        protocol_versions,  # before the names of the library
        protocols,
        queue,
        preview,
        protocol_parameters,
        cells,
        written_cell,
        channels,
        chambers,
        runs,
        orders,
        campaigns,
        records,
        spectra,
        plots,
        log,
        messages,
        interlocks,
        analyses,
        exports,
        health,
        session,
        users,
        tokens,
        description,
    ):
        api.include_router(part.router)
    return api


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = _THREADS
    yield
    await app.state.hub.close()
    app.state.service.database.dispose()
