"""A preview as the API and the pages have it: curves short enough to draw."""

from __future__ import annotations

import numpy as np

from orchestrator.preview.carry_out import carry_out
from orchestrator.preview.model_cells import Rehearsed, described
from orchestrator.preview.summary import cycle_sums, shown_until_s
from orchestrator.web.models.preview import PreviewAnswer
from protocols.compile import compile_protocol
from protocols.plan import Plan
from protocols.reading import load_protocol

__all__ = ["preview_of"]

_STEPS_MAX = 2500
"""About two seconds of computing; 500 cycles are 1,001 steps."""
_SAMPLES_MAX = 8000
_FORMATION = "formation"


def preview_of(plan: Plan, rehearsed: Rehearsed, *, formed: bool) -> PreviewAnswer:
    """Carry the plan out on the model, which is changed."""
    if formed:
        carry_out(compile_protocol(load_protocol(_FORMATION), rehearsed.cell), rehearsed.model)
    trace = carry_out(plan, rehearsed.model, _STEPS_MAX)
    end_s, time_s = shown_until_s(trace), trace.time_s()
    (shown,) = np.nonzero(time_s <= end_s)
    shown = shown[:: max(1, -(-len(shown) // _SAMPLES_MAX))]
    state = "after formation" if formed else "fresh"
    return PreviewAnswer(
        protocol=plan.protocol,
        cell=f"{rehearsed.cell.material}, {described(rehearsed.cell)}, {state}",
        duration_s=trace.duration_s,
        shown_until_s=end_s,
        cycles=len(cycle_sums(trace)),
        time_s=np.round(time_s[shown], 2).tolist(),
        voltage_V=np.round(trace.voltage_V()[shown], 5).tolist(),
        current_A=np.round(trace.current_A()[shown], 9).tolist(),
        remarks=trace.remarks,
    )
