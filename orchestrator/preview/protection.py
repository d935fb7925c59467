"""Whether a protection would end a step before it ends itself."""

from __future__ import annotations

import numpy as np

from orchestrator.preview.model_cell import Array
from protocols.program import Limits

__all__ = ["first_trip"]


def first_trip(limits: Limits, voltage_V: Array, current_A: Array, charge_Ah: Array) -> tuple[int, str] | None:
    """Return the first sample beyond a limit and what it is beyond; None where there is none.

    A protection may wait before it trips, by the instrument's own settings: that is not followed.
    """
    tests = [
        (voltage_V > limits.voltage_max_V, f"voltage above {limits.voltage_max_V:g} V"),
        (voltage_V < limits.voltage_min_V, f"voltage below {limits.voltage_min_V:g} V"),
        (np.abs(current_A) > limits.current_max_A * (1 + 1e-9), f"current above {1e3 * limits.current_max_A:.4g} mA"),
    ]
    if limits.capacity_max_Ah is not None:
        full = f"capacity above {1e3 * limits.capacity_max_Ah:.4g} mAh"
        tests.append((np.abs(charge_Ah) > limits.capacity_max_Ah, full))
    found = [(int(beyond.argmax()), what) for beyond, what in tests if beyond.any()]
    return min(found, default=None)
