"""The WebSocket of a page: ``/live?topics=bench&topics=service``."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, WebSocket
from starlette.websockets import WebSocketDisconnect

from orchestrator.web.access.identify import identify
from orchestrator.web.live.hub import Hub, Listener
from orchestrator.web.service import Service

__all__ = ["router"]

router = APIRouter()
_TOPICS_MAX = 16
_ASKED_AGAIN_S = 30.0
"""How long somebody who was logged out, or a token that was revoked, may still be shown the bench."""


@router.websocket("/live")
async def follow(socket: WebSocket, topics: Annotated[list[str], Query(max_length=_TOPICS_MAX)]) -> None:
    """Lines of JSON: ``now_unix_s`` every second, the whole of each topic first, then what has changed of it."""
    hub: Hub = socket.app.state.hub
    service: Service = socket.app.state.service
    if not all(hub.known(name) for name in topics):
        await socket.close(1008, "there is no such topic")
        return
    await socket.accept()
    listener = Listener(frozenset(topics))
    hub.join(listener)
    tasks = [asyncio.create_task(part) for part in (_send(socket, service, listener), _until_gone(socket))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        hub.leave(listener)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _send(socket: WebSocket, service: Service, listener: Listener) -> None:
    loop = asyncio.get_running_loop()
    asked_s = loop.time()
    while (text := await listener.outbox.get()) is not None:
        if loop.time() - asked_s > _ASKED_AGAIN_S:
            asked_s = loop.time()
            if await asyncio.to_thread(identify, service, socket.headers) is None:
                await socket.close(1008, "log in first")
                return
        await socket.send_text(text)
    await socket.close(1013, "the page took nothing")


async def _until_gone(socket: WebSocket) -> None:
    """What a page says is not listened to; that it has gone is noticed here."""
    try:
        while True:
            await socket.receive_text()
    except WebSocketDisconnect:
        return
