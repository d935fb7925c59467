"""What the lab asks of a virtual instrument, whatever its family and wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from simulators.faults.doing import Doing
from simulators.faults.plan import FaultPlan

__all__ = ["Ledger", "Progress", "VirtualChamberInstrument", "VirtualInstrument"]

Ledger = Mapping[str, npt.NDArray[np.generic]]
"""Columns of one test under the wire's own names, before formatting."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a channel has come, over all tests in its memory."""

    starts: int
    step_changes: int
    """Within tests: the first step of a test is no change."""
    records: int


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

    async def stop(self, *, for_good: bool = False) -> None:
        """Close the port, which nobody else gets unless ``for_good``, and reset every connection; tests run on."""
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

    # ---- what may go wrong

    faults: FaultPlan[Any]
    """Every exchange is counted there, and suffers what is due."""

    def doing(self, do: object, channels: Sequence[str]) -> Doing[Any]:
        """Read what a fault does to this instrument, or to these of its channels."""
        ...

    def command(self, text: str) -> str:
        """Return the name of a command, or ``*``, as its exchanges are counted."""
        ...

    def progress(self, channel: str) -> Progress:
        """How far a channel has come now."""
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
