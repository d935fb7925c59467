"""A service manager that listens, as systemd does."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["Manager", "service_manager"]


class Manager:
    """What a service manager hears."""

    def __init__(self, receiver: socket.socket) -> None:
        self._receiver = receiver
        self.heard: list[str] = []

    def wait(self, word: str, patience_s: float = 300.0) -> str:
        """The next datagram that holds this word."""
        deadline_s = time.monotonic() + patience_s
        while time.monotonic() < deadline_s:
            self.heard.append(self._receiver.recv(4096).decode())
            if word in self.heard[-1]:
                return self.heard[-1]
        raise TimeoutError(f"{word} was not heard, but {self.heard}")

    def drain(self) -> list[str]:
        """Everything that has been said and not been heard yet."""
        self._receiver.setblocking(False)
        fresh = []
        try:
            while True:
                fresh.append(self._receiver.recv(4096).decode())
        except BlockingIOError:
            return fresh
        finally:
            self._receiver.settimeout(300.0)


@contextmanager
def service_manager(folder: Path) -> Iterator[tuple[Manager, dict[str, str]]]:
    """A service manager, and the environment in which it starts a process."""
    path = folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(str(path))
        receiver.settimeout(300.0)
        yield Manager(receiver), {"NOTIFY_SOCKET": str(path), "WATCHDOG_USEC": "1500000"}
