"""The process that owns EClib dies with the last buffers of a test in hand: what can be told of its end even so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.biologic.cycler import BiologicCycler
from drivers.biologic.instrument import Instrument, Settings
from drivers.contracts import ChannelState
from protocols.program import ConstantCurrent, Record, Rest, Until
from simulators.lab.client import LabControl
from simulators.lab.thread import LabThread
from tests.drivers.biologic.biologic_programs import at, program
from tests.drivers.biologic.conftest import OpenCycler
from tests.drivers.biologic.test_spool_kill import HELD_S, observe_and_kill, once_held
from tests.drivers.biologic.transport_bench import drained, ledger_of, read_all, settled, start

Somebody = Callable[[], None]
DISCHARGE = program(
    Rest(Until(duration_s=10.0), at(1)),
    ConstantCurrent(-0.001, Until(duration_s=60.0), at(2)),
    record=Record(interval_s=1.0),
)
"""Its rest, its discharge and its two end marks are a buffer each."""


@pytest.fixture
def somebody_stops(lab: LabThread, tmp_path: Path) -> Iterator[Somebody]:
    """A colleague's program on another computer ends what the first channel does."""
    settings = Settings("simulators.biologic.eclib:VirtualEClib", f"127.0.0.1:{lab.port('vsp-1')}", 10.0, tmp_path)
    other = Instrument(settings)
    other.identify()
    yield lambda: _stop(other)
    other.close()


def _stop(instrument: Instrument) -> None:
    instrument._eclib.stop(0)


def killed_in_read(vsp: BiologicCycler, lab: LabThread, control: LabControl, nth: int) -> None:
    vsp.identify()  # there is a process
    control.fault("vsp-1", "GetData", {"delay_s": HELD_S}, nth=nth)
    # a busy machine takes more than one look to come to that read
    assert any(observe_and_kill(vsp, once_held(lab)) for _ in range(nth))


@pytest.mark.parametrize(("nth", "missing"), [(2, 60), (3, 0), (4, 0)])
def test_whichever_of_the_last_buffers_is_lost_the_end_is_known(
    open_vsp: OpenCycler, lab: LabThread, control: LabControl, nth: int, missing: int
) -> None:
    vsp = open_vsp()
    handle = start(vsp, DISCHARGE)
    control.advance(600.0)
    killed_in_read(vsp, lab, control, nth)
    status = settled(vsp)
    assert (status.state, status.end_known) == (ChannelState.FINISHED, True), status
    batch, problems = read_all(vsp, handle)
    measured = (ledger_of(control)["technique_index"] < 2).sum()
    assert abs(measured - len(batch) - missing) <= 1  # a row at either end of a technique
    assert [line for line in problems if "may be missing" in line]


def test_with_both_marks_lost_nobody_is_said_to_have_stopped_it(
    open_vsp: OpenCycler, lab: LabThread, control: LabControl
) -> None:
    vsp = open_vsp()
    start(vsp, DISCHARGE)
    control.advance(600.0)
    killed_in_read(vsp, lab, control, 3)
    killed_in_read(vsp, lab, control, 1)
    status = settled(vsp)
    assert (status.state, status.end_known) == (ChannelState.STOPPED, False)
    assert status.native_state == "STOP, the last records are lost, and with them how the test ended"


@pytest.mark.parametrize("killed", [True, False])
def test_somebodys_stop_is_told_unless_its_last_buffer_is_lost(
    open_vsp: OpenCycler, lab: LabThread, control: LabControl, somebody_stops: Somebody, killed: bool
) -> None:
    vsp = open_vsp()
    start(vsp, DISCHARGE)
    control.advance(30.0)
    drained(vsp)
    control.advance(10.0)
    somebody_stops()
    if killed:
        killed_in_read(vsp, lab, control, 1)
    status = settled(vsp)
    assert (status.state, status.end_known) == (ChannelState.STOPPED, not killed)
    assert ("by somebody's hand" in status.native_state) == (not killed)


def test_our_own_stop_is_ours_whatever_is_lost(open_vsp: OpenCycler, lab: LabThread, control: LabControl) -> None:
    vsp = open_vsp()
    start(vsp, DISCHARGE)
    control.advance(30.0)
    vsp.stop("1")
    killed_in_read(vsp, lab, control, 2)
    status = settled(vsp)
    assert (status.state, status.end_known) == (ChannelState.STOPPED, True)
