"""The web application behind a real socket, in a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from sqlalchemy import Engine

from orchestrator.config import Lab, WebPlace
from orchestrator.preview.model_cells import ModelCells
from orchestrator.web.application import create_app
from orchestrator.web.server import listen


@contextmanager
def served(lab: Lab, model_cells: ModelCells | None = None, grace_s: int = 1) -> Iterator[tuple[str, Engine]]:
    """Address of the service, and its database; at its end requests have ``grace_s`` to be over."""
    app = create_app(lab, model_cells)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=grace_s))
    with listen(WebPlace(port=0)) as listener:
        listener.listen()  # who connects before uvicorn has started waits
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}", app.state.service.database
        finally:
            while thread.is_alive() and not server.started:  # one that is ended before would leave everything open
                thread.join(0.01)
            server.should_exit = True
            thread.join(60)
            assert not thread.is_alive()
