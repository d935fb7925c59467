"""The WebSocket of a page: ``/live?topics=bench&topics=service``."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

from orchestrator.store.errors import StoreError
from orchestrator.web.access.identify import identify
from orchestrator.web.live.hub import Hub
from orchestrator.web.live.listener import Listener
from orchestrator.web.pages.language import LANGUAGES, language_of
from orchestrator.web.service import Service

__all__ = ["router"]

router = APIRouter()
_TOPICS_MAX = 16
_ASKED_AGAIN_S = 10.0
"""How long somebody who was logged out, or a token that was revoked, may still be shown the bench."""
_GOODBYE_S = 1.0
"""For a last word to a page that may take nothing any more."""
_REFUSED, _COME_BACK = 1008, 1013


@router.websocket("/live")
async def follow(
    socket: WebSocket,
    topics: Annotated[list[str], Query(max_length=_TOPICS_MAX)],
    language: Annotated[str, Query(max_length=8)] = "",
) -> None:
    """Lines of JSON: the whole of each topic first, then what has changed of it, and every second ``now_unix_s``.

    ``language``: the page's; a browser need not say it with a handshake.
    """
    hub: Hub = socket.app.state.hub
    if not all(hub.known(name) for name in topics):
        await socket.close(_REFUSED, "there is no such topic")
        return
    if hub.full:
        await socket.close(_COME_BACK, "too many pages are open")
        return
    await socket.accept()
    listener = Listener(frozenset(topics), language if language in LANGUAGES else language_of(socket))
    hub.join(listener)
    try:
        goodbye = await _first(_send(socket, listener), _asked_again(socket), _let_go(listener), _until_gone(socket))
    finally:
        hub.leave(listener)
    if goodbye is not None:
        with suppress(TimeoutError, WebSocketDisconnect):
            await asyncio.wait_for(socket.close(*goodbye), _GOODBYE_S)


async def _first(*parts: Coroutine[Any, Any, tuple[int, str] | None]) -> tuple[int, str] | None:
    """With what to close, as the first of them that ends says; the others are ended. None: the page has gone."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return next(iter(done)).result()


async def _send(socket: WebSocket, listener: Listener) -> None:
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_text(await listener.outbox.get())


async def _asked_again(socket: WebSocket) -> tuple[int, str]:
    service: Service = socket.app.state.service
    while True:
        await asyncio.sleep(_ASKED_AGAIN_S)
        with suppress(StoreError):  # the hub tells the page of that; whether it may still look is asked once more
            if await asyncio.to_thread(identify, service, socket.headers) is None:
                return _REFUSED, "log in first"


async def _let_go(listener: Listener) -> tuple[int, str]:
    await listener.let_go.wait()
    return _COME_BACK, "the page took nothing"


async def _until_gone(socket: WebSocket) -> None:
    """What a page says is not listened to; that it has gone is noticed here."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        continue
