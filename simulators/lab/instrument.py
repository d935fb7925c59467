"""What the lab asks of a virtual instrument, whatever its family and wire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

__all__ = ["Ledger", "VirtualChamberInstrument", "VirtualInstrument"]

Ledger = Mapping[str, npt.NDArray[np.generic]]
"""Columns of one test under the wire's own names, before formatting."""


class VirtualInstrument(Protocol):
    """A virtual instrument on a listening socket. Methods raise ``LabRefusal`` for what cannot be done."""

    @property
    def kind(self) -> str:
        """Family of the instrument, as in the lab file: ``neware``."""
        ...

    @property
    def host(self) -> str:
        """Address that it listens on: ``127.0.0.1``."""
        ...

    @property
    def port(self) -> int:
        """TCP port, known once it was started: ``7502``."""
        ...

    async def start(self) -> None:
        """Open the port. Also after ``stop``: the memory is kept."""
        ...

    async def stop(self) -> None:
        """Close the port and reset every connection; tests run on."""
        ...

    def plug(self, channel: str, cell: Mapping[str, Any]) -> None:
        """Put a fresh virtual cell, described as in the lab file, into a channel."""
        ...

    def unplug(self, channel: str) -> None:
        """Leave the clips of a channel open."""
        ...

    def cells(self) -> dict[str, dict[str, Any]]:
        """Plugged cells by channel, with their present state, ready for JSON."""
        ...

    def tests(self) -> list[dict[str, Any]]:
        """Every test in memory, ready for JSON."""
        ...

    def ledger(self, channel: str, test_id: int) -> Ledger:
        """All records of a test up to now, the lag of the wire ignored."""
        ...

    def fault(self, command: str, nth: int, do: object) -> None:
        """Arm a fault at the n-th exchange of a command from now."""
        ...


@runtime_checkable
class VirtualChamberInstrument(VirtualInstrument, Protocol):
    """A virtual temperature chamber, on a port for each of its wires."""

    @property
    def ports(self) -> Mapping[str, int]:
        """TCP ports by wire; the first is also ``port``."""
        ...

    def befall(self, request: Mapping[str, Any]) -> None:
        """Let something befall it at once: a door, a hand at its panel, a part that breaks."""
        ...

    def truth(self) -> dict[str, Any]:
        """All that it is, measured or not, ready for JSON."""
        ...
