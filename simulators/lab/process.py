"""The lab as a process of its own: its body, and how to start one and find its ports."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from types import TracebackType

from simulators.lab.client import LabControl
from simulators.lab.lab import VirtualLab
from simulators.lab.lab_file import load_lab_file

__all__ = ["LabProcess", "LabStartError", "run_lab", "spawn_lab"]

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class LabStartError(RuntimeError):
    """The lab's process ended, or kept silent, before it was ready; the message carries its last words."""


def run_lab(path: Path) -> None:
    """Serve a lab file until SIGTERM, SIGINT or ``shutdown``; prints one line a port, then ``ready``.

    Raises LabFileError for a bad file and OSError for a port that is taken.
    """
    asyncio.run(_serve(VirtualLab(load_lab_file(path))))


async def _serve(lab: VirtualLab) -> None:
    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        try:
            loop.add_signal_handler(number, lab.end)
        except NotImplementedError:  # Windows: there is no handler to set, Ctrl-C raises KeyboardInterrupt
            break
    async with lab:
        lines = [f"control {lab.control_host}:{lab.control_port}"]
        lines += [f"{name} {it.kind} {it.host}:{it.port}" for name, it in lab.instruments.items()]
        sys.stdout.write("\n".join([*lines, "ready", ""]))
        sys.stdout.flush()
        await lab.run_until_end()


@dataclass(frozen=True)
class LabProcess:
    """A running lab; ``with`` ends it."""

    process: subprocess.Popen[str]
    control_port: int
    ports: Mapping[str, int]
    """TCP port by instrument name."""

    def control(self, timeout: float = 30.0) -> LabControl:
        """Open a new connection to the control port."""
        return LabControl(self.control_port, timeout=timeout)

    def terminate(self, timeout: float = 10.0) -> int:
        """End the process as a service manager would; returns its exit status."""
        self.process.terminate()
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()
        return status

    def __enter__(self) -> LabProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.terminate()


def spawn_lab(config_path: Path, timeout: float = 30.0) -> LabProcess:
    """Start a lab file in a child process and wait until it is ready; raises LabStartError."""
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "simulators.lab", str(config_path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=_environment(),
    )
    watchdog = Timer(timeout, process.kill)
    watchdog.start()
    try:
        lines = _lines_until_ready(process)
    finally:
        watchdog.cancel()
    ports = {line.split()[0]: int(line.rpartition(":")[2]) for line in lines}
    return LabProcess(process, ports.pop("control"), ports)


def _environment() -> dict[str, str]:
    """Let the child import what this process imports, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}


def _lines_until_ready(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    lines: list[str] = []
    for line in process.stdout:
        if line.strip() == "ready":
            return lines
        lines.append(line.strip())
    _, last_words = process.communicate()
    said = last_words.strip().splitlines()
    raise LabStartError(f"the lab did not start: {said[-1] if said else 'it said nothing'}")
