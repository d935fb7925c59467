"""When a jump condition of a step (``CndN``) first holds."""

from __future__ import annotations

import numpy as np

from simulators.cell import Response
from simulators.neware.step_program import Condition

__all__ = ["holds_s"]


def holds_s(condition: Condition, response: Response, passed_s: float) -> float | None:
    """When a jump condition first holds; straight between the points of the grid. Currents count unsigned."""
    elapsed_s = response.elapsed_s
    series = {
        "voltage": response.voltage_V,
        "current": np.abs(response.current_A),
        "time": elapsed_s + passed_s,
    }[condition.quantity]
    sign = 1.0 if condition.comparison in {">", ">="} else -1.0
    excess = sign * (series - condition.value)
    holds = excess >= 0 if condition.comparison in {">=", "<="} else excess > 0
    if not holds.any():
        return None
    index = int(holds.argmax())
    if index == 0:
        return 0.0
    part = excess[index - 1] / (excess[index - 1] - excess[index])
    return float(elapsed_s[index - 1] + part * (elapsed_s[index] - elapsed_s[index - 1]))
