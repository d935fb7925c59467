"""The process that owns EClib is killed at many moments of a linked technique: one buffer is missing, and told."""

from __future__ import annotations

import contextlib
import re
import subprocess
import threading
from collections.abc import Callable

import numpy as np
import pytest

from drivers.biologic.cycler import BiologicCycler
from drivers.contracts import LOST, ChannelState
from drivers.errors import Unreachable
from protocols.program import ConstantCurrent, Loop, Record, Rest, Until
from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread
from tests.drivers.biologic.biologic_programs import at, program
from tests.drivers.biologic.conftest import OpenCycler
from tests.drivers.biologic.transport_bench import ledger_of, read_all, start, truth, until_complete

LINKED = program(
    Loop(
        3,
        (
            ConstantCurrent(0.001, Until(duration_s=20.0), at(2)),
            Rest(Until(duration_s=5.0), at(3)),
            ConstantCurrent(-0.001, Until(duration_s=20.0), at(4)),
        ),
        at(1),
    ),
    record=Record(interval_s=0.02),
)
END_MARKS_FROM = 4
TOLD = re.compile(LOST + r"(\d+) records between \S+Z and \S+Z may be missing: a read was interrupted")
HELD_S = 20.0  # wall seconds; the library waits for thirty
BUFFER = 333  # the narrowest rows of the list, OCV's, have three columns


def check_missing(vsp: BiologicCycler, control: LabControl, handle: object, gaps_max: int) -> tuple[int, int]:
    """Everything read stands in the ledger, in its order; missing stretches are no more than the gaps told."""
    batch, problems = read_all(vsp, handle)  # type: ignore[arg-type]
    measured = truth(ledger_of(control), END_MARKS_FROM)
    there = np.isin(measured["test_time_s"], batch.columns["test_time_s"])
    np.testing.assert_array_equal(batch.columns["test_time_s"], measured["test_time_s"][there])
    np.testing.assert_array_equal(batch.columns["voltage_V"], measured["voltage_V"][there])
    edges = np.flatnonzero(np.diff(np.concatenate(([1], there.astype(int), [1]))))
    stretches = (edges[1::2] - edges[::2]).tolist()
    gaps = [int(found[1]) for line in problems if (found := TOLD.fullmatch(line))]
    assert len(gaps) == len(problems)
    assert len(gaps) <= gaps_max
    assert len(stretches) <= len(gaps)
    assert all(length <= BUFFER for length in stretches)
    assert sum(stretches) <= sum(gaps)
    again, told_again = read_all(vsp, handle, 10**9)  # type: ignore[arg-type]
    assert len(again) == len(batch)
    assert told_again == problems  # once a reading, and never silent
    return len(stretches), len(gaps)


Kill = Callable[[subprocess.Popen[str], threading.Event], None]


def after(seconds: float) -> Kill:
    """Kill so long after the look began, unless it is over."""

    def kill(process: subprocess.Popen[str], over: threading.Event) -> None:
        if not over.wait(seconds):
            process.kill()
            process.wait()  # also where the look was over meanwhile: whoever asks next finds nobody, not a dying one

    return kill


def once_held(lab: LabThread) -> Kill:
    """Kill as soon as the next fault has happened: the rows are taken, and their reply is held."""
    with lab.control() as control:
        before = len(control.fired())

    def kill(process: subprocess.Popen[str], over: threading.Event) -> None:
        with lab.control() as control:
            while not over.wait(0.02):
                if len(control.fired()) > before:
                    process.kill()
                    return

    return kill


def observe_and_kill(vsp: BiologicCycler, kill: Kill) -> bool:
    """Look, and kill the process meanwhile; whether the look was cut short."""
    process = vsp.link._process
    if process is None:
        vsp.observe()
        return False
    over = threading.Event()
    killer = threading.Thread(target=kill, args=(process, over))
    killer.start()
    try:
        vsp.observe()
    except Unreachable as error:
        assert "has ended; the next call starts another" in str(error)  # noqa: PT017
        return True
    finally:
        over.set()
        killer.join()
    return False


@pytest.mark.parametrize("nth", [1, 2, 4, 7])
def test_killed_between_taking_and_keeping(open_vsp: OpenCycler, lab: LabThread, control: LabControl, nth: int) -> None:
    """The instrument has given the rows; the process dies before it has them: the very worst moment."""
    vsp = open_vsp()
    handle = start(vsp, LINKED)
    control.fault("vsp-1", "GetData", {"delay_s": HELD_S}, nth=nth)
    killed = False
    while not killed:
        control.advance(5)
        killed = observe_and_kill(vsp, once_held(lab))
    until_complete(vsp, control)
    assert vsp.observe()["1"].state is ChannelState.FINISHED
    assert check_missing(vsp, control, handle, gaps_max=1) == (1, 1)


def test_killed_at_any_moment(open_vsp: OpenCycler, control: LabControl) -> None:
    """At random moments of looking, many times: some kills hit a read, most do not."""
    vsp = open_vsp()
    handle = start(vsp, LINKED)
    chance = np.random.default_rng(7)
    killed = 0
    for _ in range(12):
        control.advance(5)
        killed += observe_and_kill(vsp, after(float(chance.uniform(0, 0.01))))
    until_complete(vsp, control)
    assert killed
    check_missing(vsp, control, handle, gaps_max=killed)


def test_killed_between_looks_nothing_is_missing_nor_said(open_vsp: OpenCycler, control: LabControl) -> None:
    vsp = open_vsp()
    handle = start(vsp, LINKED)
    for _ in range(5):
        control.advance(5)
        vsp.observe()
        assert vsp.link._process is not None
        vsp.link._process.kill()
        vsp.link._process.wait()
    until_complete(vsp, control)
    assert check_missing(vsp, control, handle, gaps_max=0) == (0, 0)


def test_without_a_kill_nothing_is_missing(vsp: BiologicCycler, control: LabControl) -> None:
    handle = start(vsp, LINKED)
    until_complete(vsp, control, step_s=3)
    assert check_missing(vsp, control, handle, gaps_max=0) == (0, 0)
    whole, _ = read_all(vsp, handle)
    assert len(whole) == 3 * (1000 + 250 + 1000)


def test_the_process_ends_by_itself_when_its_driver_is_gone(vsp: BiologicCycler, control: LabControl) -> None:
    start(vsp, LINKED)
    process = vsp.link._process
    assert process is not None
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(300) == 0
    with contextlib.suppress(Unreachable):
        vsp.observe()
    control.advance(5)
    assert vsp.observe()["1"].state is ChannelState.RUNNING


def test_two_drivers_do_not_share_an_instrument(open_vsp: OpenCycler) -> None:
    first, second = open_vsp(), open_vsp(timeout="2 s")
    first.observe()
    with pytest.raises(Unreachable, match="another process has the spools"):
        second.observe()
    first.close()
    assert second.observe()
