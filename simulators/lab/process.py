"""The lab as a process of its own: its body, and how to start one and find its ports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from types import TracebackType
from typing import IO

from simulators.lab.client import LabControl

__all__ = ["LabProcess", "LabStartError", "run_lab", "spawn_lab"]


class LabStartError(RuntimeError):
    """The lab's process ended, or kept silent, before it was ready; the message carries its last words."""


def run_lab(path: Path, faults: Path | None = None) -> None:
    """Serve a lab file until SIGTERM, SIGINT or ``shutdown``; prints one line a port, then ``ready``.

    Raises LabFileError and FaultFileError for a bad file and OSError for a port that is taken.
    """
    # Whoever only starts a lab in another process needs none of its instruments and cells: their imports take longest.
    from simulators.faults.fault_file import load_faults  # noqa: PLC0415
    from simulators.lab.lab_file import load_lab_file  # noqa: PLC0415
    from simulators.lab.serve import serve  # noqa: PLC0415

    serve(load_lab_file(path), None if faults is None else load_faults(faults))


@dataclass(frozen=True)
class LabProcess:
    """A running lab; ``with`` ends it."""

    process: subprocess.Popen[str]
    control_port: int
    ports: Mapping[str, int]
    """TCP port by instrument name; a chamber's further wires are ``oven-1.scpi``."""
    errors: IO[str]
    """A file with whatever the process says on stderr: a pipe that nobody reads would stop it one day."""

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
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.errors.close()
        return status

    def __enter__(self) -> LabProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.terminate()


def spawn_lab(config_path: Path, timeout: float = 30.0, faults: Path | None = None) -> LabProcess:
    """Start a lab file, with a faults file, in a child process and wait until it is ready; raises LabStartError."""
    errors = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "simulators.lab", str(config_path), *(["--faults", str(faults)] if faults else [])],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        encoding="utf-8",
        env=_environment(),
    )
    watchdog = Timer(timeout, process.kill)
    watchdog.start()
    try:
        lines = _lines_until_ready(process, errors)
    finally:
        watchdog.cancel()
    control_port, *ports = [int(line.rpartition(":")[2]) for line in lines]
    names = [line.split()[0] for line in lines[1:]]
    return LabProcess(process, control_port, dict(zip(names, ports, strict=True)), errors)


def _environment() -> dict[str, str]:
    """Let the child import what this process imports, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}


def _lines_until_ready(process: subprocess.Popen[str], errors: IO[str]) -> list[str]:
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    lines: list[str] = []
    for line in process.stdout:
        if line.strip() == "ready":
            return lines
        lines.append(line.strip())
    process.wait()
    process.stdout.close()
    with errors:
        errors.seek(0)
        said = errors.read().strip().splitlines()
    raise LabStartError(f"the lab did not start: {said[-1] if said else 'it said nothing'}")
