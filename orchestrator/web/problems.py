"""Every error as ``application/problem+json`` (RFC 9457): one line in ``detail``, all of them in ``problems``."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from drivers.errors import DriverError
from orchestrator.launch.refusal import LaunchRefused
from orchestrator.store.errors import SchemaMismatch, StoreError, StoreUnavailable
from orchestrator.web.models.problem import Problem
from orchestrator.web.pages.problem_page import is_for_a_person, problem_page
from orchestrator.web.refusal import WebRefused
from orchestrator.web.sentences.reader import for_reader
from protocols.errors import ProtocolErrors

__all__ = ["answer_problems", "problem_answer", "problem_for"]

_MEDIA_TYPE = "application/problem+json"
_logger = logging.getLogger(__name__)


def problem_answer(status: int, problems: Sequence[str]) -> JSONResponse:
    """The response for these problems, in the reader's language; what cannot be written as UTF-8 is replaced."""
    lines = [" ".join(line.split()).encode("utf-8", "backslashreplace").decode() for line in problems]
    title = HTTPStatus(status).phrase
    said = [for_reader(line) for line in lines]
    problem = Problem(title=title, status=status, detail="; ".join(said) or title, problems=said)
    return JSONResponse(problem.model_dump(), status_code=status, media_type=_MEDIA_TYPE)


def problem_for(request: Request, status: int, problems: Sequence[str]) -> Response:
    """A page where a browser asks for one, else problem+json."""
    if is_for_a_person(request.method, request.url.path, request.headers):
        return problem_page(request, status, problems)
    return problem_answer(status, problems)


def answer_problems(app: FastAPI) -> None:
    """Register a handler for everything that a request can run into."""

    @app.exception_handler(WebRefused)
    def _refused(request: Request, error: WebRefused) -> Response:
        answer = problem_for(request, error.status, error.problems)
        answer.headers.update(error.headers)
        return answer

    @app.exception_handler(LaunchRefused)
    def _launch_refused(_request: Request, error: LaunchRefused) -> Response:
        return problem_answer(HTTPStatus.CONFLICT, error.problems)

    @app.exception_handler(ProtocolErrors)
    def _protocol_errors(request: Request, error: ProtocolErrors) -> Response:
        return problem_for(request, HTTPStatus.UNPROCESSABLE_ENTITY, [str(one) for one in error.errors])

    @app.exception_handler(DriverError)
    def _driver_error(request: Request, error: DriverError) -> Response:
        return problem_for(request, HTTPStatus.CONFLICT, [str(error)])

    @app.exception_handler(RequestValidationError)
    def _invalid(request: Request, error: RequestValidationError) -> Response:
        return problem_for(request, HTTPStatus.UNPROCESSABLE_ENTITY, [_where(one) for one in error.errors()])

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        return problem_for(request, error.status_code, [str(error.detail)])

    @app.exception_handler(Exception)
    def _bug(request: Request, error: Exception) -> Response:
        _logger.error("%s %s failed", request.method, request.url.path, exc_info=error)
        line = f"internal error: {type(error).__name__}; the log of `cellbench web` has the details"
        return problem_for(request, HTTPStatus.INTERNAL_SERVER_ERROR, [line])

    _answer_store_errors(app)


def _answer_store_errors(app: FastAPI) -> None:
    @app.exception_handler(StoreUnavailable)
    @app.exception_handler(SchemaMismatch)
    def _unavailable(request: Request, error: StoreError) -> Response:
        return problem_for(request, HTTPStatus.SERVICE_UNAVAILABLE, [str(error)])

    @app.exception_handler(StoreError)
    def _store_refused(request: Request, error: StoreError) -> Response:
        return problem_for(request, HTTPStatus.CONFLICT, [str(error)])


def _where(error: dict[str, object]) -> str:
    """``placements[0].cell: String should have at least 1 character``; never the value, which may be anything."""
    location = error.get("loc")
    parts = location if isinstance(location, (tuple, list)) else ()
    path = ""
    for part in parts[1:] if parts and parts[0] in {"body", "query", "path"} else parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    message = str(error.get("msg", "is not valid")).removeprefix("Value error, ")
    return f"{path}: {message}" if path else message
