"""The web process."""

from __future__ import annotations

import asyncio
import gc
import logging
import signal
import socket
import sys
from threading import Event

import uvicorn

from orchestrator.config import Lab
from orchestrator.config.lab import WebPlace
from orchestrator.exit_codes import CANNOT_START
from orchestrator.preview.model_cells import ModelCells
from orchestrator.process.supervisor import Supervisor
from orchestrator.store.errors import StoreError, StoreUnavailable
from orchestrator.store.upgrade import require_current
from orchestrator.store.users import count_users
from orchestrator.web.application import create_app
from orchestrator.web.refusal import WebRefused
from orchestrator.web.service import Service
from orchestrator.web.warm_up import warm_up
from protocols.storage import StoredPlanError

__all__ = ["listen", "run_web"]

_logger = logging.getLogger(__name__)
_CONNECTIONS_MAX = 200
_GRACE_S = 5
_SAID_MAX = 1024
"""Bytes that a page may say on its WebSocket, where nobody listens."""
_LOOK_EVERY_S = 0.05
_PINGS = 3
"""Signs of life in the time within which the service manager wants one."""


def run_web(lab: Lab, model_cells: ModelCells | None = None) -> int:
    """Serve the API until SIGTERM or SIGINT; returns the exit code. What cannot start says why in one line."""
    try:
        app = create_app(lab, model_cells)
        require_current(app.state.service.database)
        listener = listen(lab.web)
        _tell_who_may(app.state.service)
    except (StoreError, WebRefused) as error:
        print(f"cellbench web: {error}", file=sys.stderr)  # noqa: T201 - the process has no other voice yet
        return 1 if isinstance(error, StoreUnavailable) else CANNOT_START
    config = uvicorn.Config(
        app,
        log_level="warning",
        limit_concurrency=_CONNECTIONS_MAX,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=_GRACE_S,
        server_header=False,
        forwarded_allow_ips=list(lab.web.proxies),
        ws_max_size=_SAID_MAX,
        ws_per_message_deflate=False,  # of a second's changes it would save little, for each page anew
    )
    gc.collect()
    gc.freeze()  # what the code itself consists of is never garbage: it is not looked through every few seconds
    # uvicorn ends gracefully and then raises the signal once more; here that has nothing left to end
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.SIG_IGN)
    with listener:
        asyncio.run(_serve(uvicorn.Server(config), listener, app.state.service))
    return 0


async def _serve(server: uvicorn.Server, listener: socket.socket, service: Service) -> None:
    """Serve; the service manager hears that we are ready once requests are answered, and then that we live."""
    supervisor, stopped = Supervisor.from_environment(), Event()
    place = f"{service.lab.name} at {service.lab.web.url}"
    beside = [
        asyncio.create_task(_tell(supervisor, server, place)),
        asyncio.create_task(_warm(server, service, stopped)),
    ]
    try:
        await server.serve(sockets=[listener])
    finally:
        supervisor.stopping()
        stopped.set()
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _started(server: uvicorn.Server) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(_LOOK_EVERY_S)


async def _warm(server: uvicorn.Server, service: Service, stopped: Event) -> None:
    """What cannot be read now, the first page will say."""
    await _started(server)
    try:
        await asyncio.to_thread(warm_up, service, stopped)
    except (StoreError, StoredPlanError) as error:
        _logger.warning("the first page will be slow: %s", error)


async def _tell(supervisor: Supervisor, server: uvicorn.Server, status: str) -> None:
    """From the event loop that answers requests: where it hangs, this falls silent."""
    await _started(server)
    supervisor.ready(status)
    while supervisor.watchdog_s is not None:
        supervisor.alive()
        await asyncio.sleep(supervisor.watchdog_s / _PINGS)


def _tell_who_may(service: Service) -> None:
    """What a person should know who starts it: that nobody can log in, or that passwords would be readable."""
    place = service.lab.web
    if not place.login:
        return
    with service.reading() as connection:
        if count_users(connection) == 0:
            line = "nobody can log in yet: cellbench user add NAME --role admin"
            print(f"cellbench web: {line}", file=sys.stderr)  # noqa: T201
    if not place.is_loopback:
        line = f"{place.host} is open to the network: put a TLS proxy before it, or passwords can be read on the way"
        print(f"cellbench web: {line}", file=sys.stderr)  # noqa: T201


def listen(place: WebPlace) -> socket.socket:
    """A socket. Raises WebRefused for a port that is taken, and beyond this computer where nobody need log in."""
    if not place.login and not place.is_loopback:
        raise WebRefused(f"web.host {place.host} is open to the network; that takes logins: leave `login: off` out")
    family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
    # the protocol is named, since asyncio sends at once (TCP_NODELAY) only where it is: 40 ms an answer otherwise
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((place.host, place.port))
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise WebRefused(f"{place.url}: {reason}; is the service running already? else change web.port") from error
    return listener
