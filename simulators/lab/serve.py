"""The body of the lab's process."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from simulators.faults.fault_file import Faults
from simulators.lab.instrument import VirtualChamberInstrument
from simulators.lab.lab import VirtualLab
from simulators.lab.lab_file import LabFile

__all__ = ["serve"]

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)


def serve(config: LabFile, faults: Faults | None = None) -> None:
    """Serve until SIGTERM, SIGINT or ``shutdown``; every fault that happens is a line on stderr.

    Raises OSError for a port that is taken and FaultFileError for faults that this lab does not know.
    """
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(message)s")
    logging.getLogger("simulators.faults.director").setLevel(logging.INFO)
    asyncio.run(_serve(VirtualLab(config, faults)))


async def _serve(lab: VirtualLab) -> None:
    loop = asyncio.get_running_loop()
    for number in _STOP_SIGNALS:
        try:
            loop.add_signal_handler(number, lab.end)
        except NotImplementedError:  # Windows: there is no handler to set, Ctrl-C raises KeyboardInterrupt
            break
    async with lab:
        lines = [f"control {lab.control_host}:{lab.control_port}"]
        for name, instrument in lab.instruments.items():
            lines.append(f"{name} {instrument.kind} {instrument.host}:{instrument.port}")
            if isinstance(instrument, VirtualChamberInstrument):
                further = list(instrument.ports.items())[1:]
                lines += [f"{name}.{wire} {instrument.kind} {instrument.host}:{port}" for wire, port in further]
        sys.stdout.write("\n".join([*lines, "ready", ""]))
        sys.stdout.flush()
        await lab.run_until_end()
