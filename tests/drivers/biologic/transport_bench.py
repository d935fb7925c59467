"""Tests run through the driver's own transport, and compared with what the virtual instrument itself remembers."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from drivers.biologic.cycler import BiologicCycler
from drivers.contracts import Batch, ChannelStatus, TestHandle
from protocols.program import Program
from simulators.lab.client import LabControl

TAG = "L1 & <ü>#17.1.1"
IMPEDANCE = 11
_LOOKS_MAX = 100


def start(vsp: BiologicCycler, program: Program, channel: str = "1", tag: str = TAG) -> TestHandle:
    return vsp.start(channel, vsp.translate(program, channel), tag)


def until_complete(vsp: BiologicCycler, control: LabControl, channel: str = "1", step_s: float = 600.0) -> None:
    """Look again and again until the test is over and everything of it is here."""
    for _ in range(300):
        control.advance(step_s)
        if vsp.observe()[channel].records_complete:
            return
    raise AssertionError("the test does not end")


def settled(vsp: BiologicCycler, channel: str = "1") -> ChannelStatus:
    """Look until everything of a test that is over is here: a busy machine has no time for that in one look."""
    for _ in range(_LOOKS_MAX):
        status = vsp.observe()[channel]
        if status.records_complete:
            return status
    raise AssertionError("the test is not read to its end")


def drained(vsp: BiologicCycler, channel: str = "1") -> ChannelStatus:
    """Look until a look brings nothing new, likewise."""
    status = vsp.observe()[channel]
    for _ in range(_LOOKS_MAX):
        before, status = status, vsp.observe()[channel]
        if status.records == before.records:
            return status
    raise AssertionError("there is always something new")


def read_all(vsp: BiologicCycler, handle: TestHandle, limit: int = 1000) -> tuple[Batch, list[str]]:
    """Read a test as the engine does; all its records as one batch, and everything that was remarked."""
    cursor, parts, problems = "", [], []
    while True:
        batch = vsp.read(handle, cursor, limit)
        if batch.cursor == cursor:
            break
        cursor = batch.cursor
        parts.append(batch)
        problems += batch.problems
    names = parts[0].columns
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in names}
    return Batch(columns, cursor), problems


def ledger_of(control: LabControl, channel: str = "1") -> dict[str, npt.NDArray[Any]]:
    """What the instrument measured in the newest test of a channel; without the end mark, which is nobody's."""
    number = str(int(channel) - 1)
    newest = max(test["test_id"] for test in control.tests("vsp-1") if test["channel"] == number)
    return control.ledger("vsp-1", number, newest)


def truth(ledger: dict[str, npt.NDArray[Any]], marks_from: int) -> dict[str, npt.NDArray[Any]]:
    """Times and potentials of all rows of steps, the points of spectra left out."""
    rows = (ledger["technique_index"] < marks_from) & (ledger["process"] == 0)
    time_s = ledger["start_s"] + ledger["time_base_s"] * ledger["ticks"]
    return {"test_time_s": time_s[rows], "voltage_V": ledger["ewe_V"][rows], "current_A": ledger["i_A"][rows]}
