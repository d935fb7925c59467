"""What every request must pass: our own host name, a bounded body, and JSON wherever something is written.

A web page from elsewhere that a browser shows must not reach the API: the host name check defeats DNS rebinding; the
JSON content type makes browsers ask first (CORS), and nobody answers them. Who asks is looked at behind it, in
:mod:`orchestrator.web.access`.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.config.lab import WebPlace
from orchestrator.web.problems import problem_answer

__all__ = ["BODY_MAX", "LOOPBACK_NAMES", "Guard", "host_names"]

BODY_MAX = 1_000_000
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})
_WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_ANSWER_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class Guard:
    """ASGI middleware that refuses before any route is looked at."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = LOOPBACK_NAMES) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer with a problem."""
        if scope["type"] == "websocket" and not self._is_own_page(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008, "reason": "not a page of this service"})
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _ANSWER_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refusal(scope["method"], Headers(scope=scope))
        if refused is not None:
            status, problem = refused
            await problem_answer(status, [problem])(scope, receive, send_with_headers)
            return
        await self._app(scope, _bounded(receive), send_with_headers)

    def _is_own_page(self, headers: Headers) -> bool:
        """Browsers let any page open a WebSocket to anywhere, and say whose page it is: nobody else's is answered."""
        if _host_name(headers.get("host", "")) not in self._hosts:
            return False
        origin = headers.get("origin")
        return origin is None or _host_name(urlsplit(origin).netloc) in self._hosts

    def _refusal(self, method: str, headers: Headers) -> tuple[HTTPStatus, str] | None:
        if _host_name(headers.get("host", "")) not in self._hosts:
            return HTTPStatus.MISDIRECTED_REQUEST, "nobody of this name is here: see `web.names` in the lab file"
        if method not in _WRITES or (method == "DELETE" and not _has_body(headers)):
            return None  # a browser asks first (CORS) before it sends another site's DELETE, with a body or without
        if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "send JSON with Content-Type: application/json"
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length[:20]) > BODY_MAX:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"the body is larger than {BODY_MAX} bytes"
        return None


def host_names(place: WebPlace) -> frozenset[str]:
    """Names in the ``Host`` header under which the service answers."""
    own = {place.host.lower(), f"[{place.host.lower()}]"} - {"0.0.0.0", "[::]", "::"}  # noqa: S104 - taken away here
    return LOOPBACK_NAMES | own | set(place.names)


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers


def _bounded(receive: Receive) -> Receive:
    """A body of unannounced length is read up to the same bound; then the client is as good as gone."""
    read = 0

    async def bounded() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        return message if read <= BODY_MAX else {"type": "http.disconnect"}

    return bounded


def _host_name(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isdigit() else host).lower()
