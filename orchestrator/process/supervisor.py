"""Telling the service manager how we are: systemd's notify protocol (sd_notify(3)), a datagram to a socket it names.

Where nobody has named a socket, nothing is sent: on Windows, in a terminal, under a test.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Supervisor"]

_LOG = logging.getLogger(__name__)
_STATUS_MAX = 500


@dataclass
class Supervisor:
    """One process's way to its service manager."""

    address: str | None = None
    """A path, or a name that begins with ``@`` (Linux: no file stands for it)."""
    watchdog_s: float | None = None
    """Within this time it wants to hear that we are alive, again and again; None: it does not care."""
    _trouble: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Supervisor:
        """As ``NOTIFY_SOCKET``, ``WATCHDOG_USEC`` and ``WATCHDOG_PID`` (which process is meant) say."""
        address = environment.get("NOTIFY_SOCKET", "")
        microseconds = environment.get("WATCHDOG_USEC", "")
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watched = meant and microseconds.isdecimal() and int(microseconds) > 0
        usable = address.startswith(("/", "@")) and hasattr(socket, "AF_UNIX")
        return cls(address if usable else None, int(microseconds) / 1e6 if watched else None)

    def ready(self, status: str) -> None:
        """Everything that belongs to starting up is done."""
        self._send(f"READY=1\nSTATUS={_line(status)}")

    def status(self, status: str) -> None:
        """One line for ``systemctl status``."""
        self._send(f"STATUS={_line(status)}")

    def alive(self) -> None:
        """We get on; without this the service manager kills us and starts us anew."""
        self._send("WATCHDOG=1")

    def stopping(self) -> None:
        """We end, and mean to."""
        self._send("STOPPING=1")

    def _send(self, state: str) -> None:
        """Send one datagram; a service manager that does not take it is said once, until it does."""
        if self.address is None:
            return
        path = "\0" + self.address[1:] if self.address.startswith("@") else self.address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sending:
                sending.setblocking(False)
                sending.sendto(state.encode(), path)
        except OSError as error:
            if str(error) != self._trouble:
                _LOG.warning("the service manager at %s is not told: %s", self.address, error)
            self._trouble = str(error)
        else:
            self._trouble = ""


def _line(status: str) -> str:
    return " ".join(status.split())[:_STATUS_MAX]
