"""One HTTP connection to the service: a request, a typed answer or a ClientError."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from orchestrator.client.error import ClientError, ServiceUnreachable

__all__ = ["Connection", "part"]

_Answer = TypeVar("_Answer")
Query = Mapping[str, str | int | float | bool | None]


class Connection:
    """Talks to ``base_url``, with an API token where the lab has logins; ``transport`` is for tests without socket."""

    def __init__(
        self,
        base_url: str,
        timeout: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        *,
        token: str | None = None,
    ) -> None:
        if token is not None and not (token.isascii() and token.isprintable()):
            raise ClientError(["the token holds a character that none has; is CELLBENCH_TOKEN what was printed?"])
        try:
            self._http = httpx.Client(
                base_url=httpx.URL(base_url).join("/api/v1/"),
                timeout=timeout,
                transport=transport,
                headers={"Authorization": f"Bearer {token}"} if token is not None else None,
                trust_env=False,  # a proxy of the institute's network has no business with this machine's own service
            )
        except httpx.InvalidURL as error:
            raise ClientError([f"service: {base_url!r} is not a URL ({error}); write http://127.0.0.1:8321"]) from error
        self._base_url = base_url

    def __enter__(self) -> Connection:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def get(
        self, kind: type[_Answer], path: str, query: Query | None = None, also: frozenset[int] = frozenset()
    ) -> _Answer:
        """GET; the answer as ``kind``. ``also``: statuses that carry such an answer too."""
        return self._typed(kind, self._ask("GET", path, query=query, also=also))

    def send(self, method: str, kind: type[_Answer], path: str, body: BaseModel | None = None) -> _Answer:
        """POST, PATCH or DELETE with a model, only with the fields that were set; the answer as ``kind``."""
        content = body.model_dump_json(exclude_unset=True) if body is not None else "{}"
        return self._typed(kind, self._ask(method, path, content=content))

    def content(self, path: str, query: Query | None = None) -> bytes:
        """GET; the answer's bytes, whatever they are."""
        return self._ask("GET", path, query=query).content

    def download(self, path: str, query: Query, target: Path) -> Path:
        """GET into a file, which appears under its name only when it is complete."""
        part = target.with_name(f"{target.name}.part")
        try:
            with self._http.stream("GET", path, params=_params(query)) as answer:
                if answer.is_error:
                    answer.read()
                _raise_for_problem(answer)
                with part.open("wb") as file:
                    for chunk in answer.iter_bytes():
                        file.write(chunk)
        except httpx.HTTPError as error:
            part.unlink(missing_ok=True)
            raise self._unreachable(error) from error
        return part.replace(target)

    def _ask(
        self,
        method: str,
        path: str,
        query: Query | None = None,
        content: str | None = None,
        also: frozenset[int] = frozenset(),
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json"} if content is not None else {}
        try:
            answer = self._http.request(method, path, params=_params(query or {}), content=content, headers=headers)
        except httpx.HTTPError as error:
            raise self._unreachable(error) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise ClientError([f"service: {self._base_url!r} cannot be asked: {error}"]) from error
        if answer.status_code not in also or answer.headers.get("content-type", "") != "application/json":
            _raise_for_problem(answer)
        return answer

    def _typed(self, kind: type[_Answer], answer: httpx.Response) -> _Answer:
        shape: Any = kind  # a list of models is no class
        try:
            typed: _Answer = _adapter(shape).validate_json(answer.content)
        except ValidationError as error:
            line = f"service at {self._base_url} answered something else than {getattr(kind, '__name__', kind)}"
            raise ClientError([f"{line}; is it cellbench, and of this version?"], answer.status_code) from error
        return typed

    def _unreachable(self, error: httpx.HTTPError) -> ClientError:
        if isinstance(error, httpx.TimeoutException):
            return ServiceUnreachable([f"service at {self._base_url} does not answer in time; look at its log"])
        if isinstance(error, httpx.UnsupportedProtocol):
            return ClientError([f"service: {self._base_url!r} is not a URL; write http://127.0.0.1:8321"])
        start = "start it with `cellbench serve --lab lab.yaml`"
        return ServiceUnreachable([f"service at {self._base_url} not reachable: {start}"])


def part(name: str) -> str:
    """One part of a path, whatever is in the name."""
    return quote(name, safe="")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Making one takes longer than most answers take to read."""
    return TypeAdapter(kind)


def _params(query: Query) -> dict[str, str | int | float | bool]:
    return {key: value for key, value in query.items() if value is not None}


def _raise_for_problem(answer: httpx.Response) -> None:
    if not answer.is_error:
        return
    problems: list[str] = []
    if answer.headers.get("content-type", "").startswith("application/problem+json"):
        body = answer.json()
        problems = [str(problem) for problem in body.get("problems", [])] or [str(body.get("detail", ""))]
    raise ClientError(problems or [f"service answered {answer.status_code} {answer.reason_phrase}"], answer.status_code)
