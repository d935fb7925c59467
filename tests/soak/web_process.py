"""The web process beside the node, which may be killed at any time without anybody else noticing."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["WebProcess"]

_ASK_S = 5.0


@dataclass
class WebProcess:
    """``cellbench web``; ``with`` ends it."""

    lab_file: Path
    port: int
    wait_for: Callable[[Callable[[], bool], str], None]
    kills: int = 0
    answers: int = 0
    _process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> WebProcess:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()

    def start(self) -> None:
        """Start it; nobody waits until it answers."""
        command = [sys.executable, "-m", "orchestrator.cli", "web", "--lab", str(self.lab_file)]
        with (self.lab_file.parent / "web.log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))

    def kill(self) -> None:
        """Kill -9, and start another."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.kills += 1
        self.start()

    def check(self) -> None:
        """It answers, sooner or later."""
        self.wait_for(self._answers, "the web process answers")
        self.answers += 1

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/v1/runs", timeout=_ASK_S) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
