"""The lab as a process of its own: its body, and how to start one and find its ports."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from threading import Timer
from types import TracebackType
from typing import IO, Protocol

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


class RunningProcess(Protocol):
    """What of :class:`subprocess.Popen` a lab needs."""

    @property
    def pid(self) -> int: ...

    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int, /) -> None: ...
    def terminate(self) -> None: ...
    def kill(self) -> None: ...


class StartModule(Protocol):
    """Runs ``python -m module arguments`` with these variables; ``stdout`` and ``stderr`` are descriptors."""

    def __call__(
        self, module: str, arguments: Sequence[str], *, stdout: int, stderr: int, environment: Mapping[str, str]
    ) -> RunningProcess: ...


@dataclass(frozen=True)
class LabProcess:
    """A running lab; ``with`` ends it."""

    process: RunningProcess
    control_port: int
    ports: Mapping[str, int]
    """TCP port by instrument name; a chamber's further wires are ``oven-1.scpi``."""
    output: IO[str]
    errors: IO[str]
    """A file with whatever the process says on stderr: a pipe that nobody reads would stop it one day."""

    def control(self, timeout: float = 30.0) -> LabControl:
        """Open a new connection to the control port."""
        return LabControl(self.control_port, timeout=timeout)

    def terminate(self, timeout: float = 60.0) -> int:
        """End the process as a service manager would; returns its exit status."""
        self.process.terminate()
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.output.close()
        self.errors.close()
        return status

    def __enter__(self) -> LabProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.terminate()


def start_interpreter(
    module: str, arguments: Sequence[str], *, stdout: int, stderr: int, environment: Mapping[str, str]
) -> RunningProcess:
    """Start ``python -m module arguments``, which can import what this process imports, installed or not."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH")]))
    return subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env={**environment, "PYTHONPATH": path},
    )


def spawn_lab(
    config_path: Path, timeout: float = 120.0, faults: Path | None = None, start: StartModule = start_interpreter
) -> LabProcess:
    """Start a lab file, with a faults file, in a child process and wait until it is ready; raises LabStartError.

    ``start``: how the module is run as a process, where there is a quicker way than a new interpreter.
    """
    errors = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - lives as long as the process
    reading, writing = os.pipe()
    output = os.fdopen(reading, encoding="utf-8")
    arguments = [str(config_path), *(["--faults", str(faults)] if faults else [])]
    try:
        process = start("simulators.lab", arguments, stdout=writing, stderr=errors.fileno(), environment=os.environ)
    finally:
        os.close(writing)
    watchdog = Timer(timeout, process.kill)
    watchdog.start()
    try:
        lines = _lines_until_ready(process, output, errors)
    finally:
        watchdog.cancel()
    control_port, *ports = [int(line.rpartition(":")[2]) for line in lines]
    names = [line.split()[0] for line in lines[1:]]
    return LabProcess(process, control_port, dict(zip(names, ports, strict=True)), output, errors)


def _lines_until_ready(process: RunningProcess, output: IO[str], errors: IO[str]) -> list[str]:
    lines: list[str] = []
    for line in output:
        if line.strip() == "ready":
            return lines
        lines.append(line.strip())
    process.wait()
    with output, errors:
        errors.seek(0)
        said = errors.read().strip().splitlines()
    raise LabStartError(f"the lab did not start: {said[-1] if said else 'it said nothing'}")
