"""What every Cycler must do: a driver's tests call these over recorded bytes and over its simulator.

Each takes an opened cycler, and where needed a channel that is free, a program that it can execute, or a handle.
"""

from __future__ import annotations

import numpy as np

from drivers.contracts import RECORD_COLUMNS, Batch, ChannelState, ChannelStatus, Cycler, StepKind, TestHandle
from drivers.exchanged import tell_of_exchanges
from protocols.program import Program, walk

__all__ = ["check_capabilities", "check_observation", "check_reading", "check_translation"]


def check_observation(cycler: Cycler) -> dict[str, ChannelStatus]:
    """Every channel that is listed is seen, under its own name, in a state that is not made up.

    Exchanges are told of as they come back.
    """
    assert isinstance(cycler, Cycler)
    identity = cycler.identify()
    assert identity.vendor
    assert identity.address
    exchanges = []
    tell_of_exchanges(lambda: exchanges.append(1))
    seen = dict(cycler.observe())
    assert exchanges
    assert set(seen) == set(cycler.channels())
    for channel, status in seen.items():
        assert status.channel == channel
        assert isinstance(status.state, ChannelState)
        assert status.records is None or status.records >= 0
        assert status.test_id is None or isinstance(status.test_id, str)
        assert status.test_id is not None or not status.records_complete
    return seen


def check_capabilities(cycler: Cycler, channel: str) -> None:
    """Ranges are ranges; each technique declared is a kind of program step."""
    can = cycler.capabilities(channel)
    assert can.voltage_min_V < can.voltage_max_V
    assert can.current_max_A > 0
    assert can.techniques
    assert can.pause in ("now", "after_segment", "none")


def check_translation(cycler: Cycler, channel: str, program: Program) -> None:
    """Pure and repeatable; every step of the program stands in the step map, every loop named there is in it.

    One step may be several of the instrument's, as a scan is its sweeps, and several may have one origin.
    """
    assert cycler.check(program, channel) == []
    first, second = cycler.translate(program, channel), cycler.translate(program, channel)
    assert first == second
    assert first.content
    assert {row.origin for row in first.step_map} == {step.origin for step in walk(program.steps)}
    numbers = {row.step for row in first.step_map}
    assert len(numbers) == len(first.step_map)
    assert all(set(row.loops) <= numbers for row in first.step_map)


def check_reading(cycler: Cycler, handle: TestHandle, piece: int) -> Batch:
    """Read a whole test in pieces and at once: the same rows, numbered from 1 without gaps, times never going back."""
    whole = _read_all(cycler, handle, 10**9)
    pieces = _read_all(cycler, handle, piece)
    for name, dtype in RECORD_COLUMNS.items():
        assert whole.columns[name].dtype == np.dtype(dtype), name
        np.testing.assert_array_equal(whole.columns[name], pieces.columns[name])
    assert whole.problems == pieces.problems == ()
    assert whole.columns["seq"].tolist() == list(range(1, len(whole) + 1))
    assert (np.diff(whole.columns["test_time_s"].astype(float)) >= 0).all()
    assert set(whole.columns["step_kind"].tolist()) <= set(StepKind)
    again = cycler.read(handle, whole.cursor)
    assert len(again) == 0
    assert again.cursor == whole.cursor
    assert not again.more
    return whole


def _read_all(cycler: Cycler, handle: TestHandle, limit: int) -> Batch:
    parts, cursor, more = [], "", True
    while more:
        batch = cycler.read(handle, cursor, limit)
        parts.append(batch)
        assert batch.more is False or len(batch) > 0
        more, cursor = len(batch) > 0, batch.cursor
    columns = {name: np.concatenate([part.columns[name] for part in parts]) for name in RECORD_COLUMNS}
    return Batch(columns, cursor, problems=tuple(line for part in parts for line in part.problems))
