"""The web process tells its service manager when it answers, that it lives, and that it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.process.service_manager import service_manager


def test_ready_when_requests_are_answered_alive_after_that_and_stopping_at_the_end(
    tmp_path: Path, free_port: int
) -> None:
    lab = make_lab(tmp_path, clock="system", port=free_port)
    fill(lab)
    command = [sys.executable, "-m", "orchestrator.cli", "web", "--lab", str(lab.path)]
    with (
        service_manager(tmp_path) as (heard, environment),
        subprocess.Popen(command, env={**os.environ, **environment}) as process,
    ):
        ready = heard.wait("READY=1")
        answer = httpx.get(f"{lab.web.url}/api/v1/channels", timeout=120)
        heard.wait("WATCHDOG=1")
        process.send_signal(signal.SIGTERM)
        heard.wait("STOPPING=1")
        ended = process.wait(300)
    assert ready.splitlines()[1] == f"STATUS=test bench at {lab.web.url}"
    assert (answer.status_code, ended) == (200, 0)
