"""``python -m`` of one of our modules as a process of its own, without the seconds that imports take.

On Linux the process is forked from one that has imported the service and the virtual instruments already: it has its
own PID, memory, environment and process group, is killed as any other, and runs the module's ``__main__`` with its
arguments; only the interpreter and the imports are not begun anew. Elsewhere it is a new interpreter.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import DupFd
from typing import Any, Protocol

__all__ = ["RunningProcess", "start_module"]

_IMPORTED = (
    "orchestrator.cli.node",
    "orchestrator.engine.node",
    "simulators.lab.serve",
    "simulators.faults.fault_file",
)


class RunningProcess(Protocol):
    """What :class:`subprocess.Popen` and a forked process have in common."""

    @property
    def pid(self) -> int: ...  # noqa: D102 - as in subprocess.Popen, and so are those that follow

    def poll(self) -> int | None: ...  # noqa: D102
    def wait(self, timeout: float | None = None) -> int: ...  # noqa: D102
    def send_signal(self, sig: int, /) -> None: ...  # noqa: D102
    def terminate(self) -> None: ...  # noqa: D102
    def kill(self) -> None: ...  # noqa: D102


def start_module(
    module: str,
    arguments: Sequence[str],
    *,
    stdout: int,
    stderr: int,
    environment: Mapping[str, str],
    own_group: bool = False,
) -> RunningProcess:
    """Start ``python -m module arguments`` with exactly these variables; ``stdout`` and ``stderr``: descriptors.

    ``own_group``: in a session, and so a process group, of its own.
    """
    if _forks(environment):
        return _Forked(_run, (module, tuple(arguments), DupFd(stdout), DupFd(stderr), dict(environment), own_group))
    return subprocess.Popen(  # noqa: S603 - our own interpreter and modules
        [sys.executable, "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=stderr,
        env=dict(environment),
        start_new_session=own_group,
    )


def _forks(environment: Mapping[str, str]) -> bool:
    """Whether a fork does what a new interpreter would: a variable that only an interpreter heeds needs one."""
    asked = {name: value for name, value in environment.items() if name.startswith("PYTHON")}
    present = {name: value for name, value in os.environ.items() if name.startswith("PYTHON")}
    return sys.platform == "linux" and asked == present


class _Forked:
    """A child of the process that has everything imported, with the methods of :class:`subprocess.Popen`."""

    def __init__(self, body: Any, arguments: tuple[Any, ...]) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([*_IMPORTED, __name__])
        begun, beginning = context.Pipe(duplex=False)
        self._process: BaseProcess = context.Process(target=body, args=(beginning, *arguments))
        self._process.start()
        beginning.close()
        begun.poll(None)  # from here on it has its group and its variables, or has ended
        begun.close()

    @property
    def pid(self) -> int:
        pid = self._process.pid
        assert pid is not None  # noqa: S101 - it has been started
        return pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        status = self.poll()
        if status is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0.0)
        return status

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _run(
    beginning: Any,
    module: str,
    arguments: tuple[str, ...],
    stdout: Any,
    stderr: Any,
    environment: dict[str, str],
    own_group: bool,
) -> None:
    if own_group:
        os.setsid()
    for given, standard in ((stdout, 1), (stderr, 2)):
        descriptor = given.detach()
        os.dup2(descriptor, standard)
        os.close(descriptor)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    beginning.close()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
