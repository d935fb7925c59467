"""The lab in a thread of this process, for tests that shall be quick."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from types import TracebackType

from simulators.faults.fault_file import Faults
from simulators.lab.client import LabControl
from simulators.lab.lab import VirtualLab
from simulators.lab.lab_file import LabFile

__all__ = ["LabThread"]


class LabThread:
    """Serves a lab between ``__enter__`` and ``__exit__``; talk to it through its ports only."""

    def __init__(self, config: LabFile, faults: Faults | None = None) -> None:
        self.lab = VirtualLab(config, faults)
        self._ready = threading.Event()
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="virtual-lab", daemon=True)

    @property
    def control_port(self) -> int:
        """TCP port of the control port."""
        return self.lab.control_port

    def port(self, instrument: str) -> int:
        """TCP port of an instrument."""
        return self.lab.instruments[instrument].port

    def control(self, timeout: float = 30.0) -> LabControl:
        """Open a new connection to the control port."""
        return LabControl(self.control_port, timeout=timeout)

    def join(self) -> None:
        """Wait until the lab is over, as after ``shutdown``."""
        self._thread.join()

    def __enter__(self) -> LabThread:
        self._thread.start()
        self._ready.wait()
        if self._error is not None:
            self._thread.join()
            raise self._error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._loop is not None:
            with suppress(RuntimeError):  # the lab has ended by itself, and its loop is closed
                self._loop.call_soon_threadsafe(self.lab.end)
        self._thread.join()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except OSError as error:  # a port is taken: told in the thread that waits for us
            self._error = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        async with self.lab:
            self._ready.set()
            await self.lab.run_until_end()
