"""Counters are the same to the last bit, wherever the rows were cut into reads."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from drivers.biologic.step_counters import StepCounters


@given(st.lists(st.integers(1, 199), max_size=6, unique=True), st.integers(0, 100))
def test_cuts_leave_no_trace(cuts: list[int], seed: int) -> None:
    chance = np.random.default_rng(seed)
    time_s = np.cumsum(chance.uniform(0.001, 60.0, 200))
    voltage_V, current_A = chance.normal(0.3, 0.1, 200), chance.normal(1e-3, 1e-4, 200)
    whole, _ = StepCounters.begin(0.0).count(time_s, voltage_V, current_A)
    counters, parts = StepCounters.begin(0.0), []
    for part in np.split(np.arange(200), sorted(cuts)):
        counted, counters = counters.count(time_s[part], voltage_V[part], current_A[part])
        parts.append(counted)
    assert np.array_equal(np.concatenate([part.capacity_Ah for part in parts]), whole.capacity_Ah)
    assert np.array_equal(np.concatenate([part.energy_Wh for part in parts]), whole.energy_Wh)
