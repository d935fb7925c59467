"""Where a run is: its cycle, its step, what it measures, how much of it is left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.config import Lab
from orchestrator.web.plan_cache import KnownPlan

__all__ = ["cycle_of", "left_of", "step_of", "step_text", "values_of"]

_WITHOUT_DIRECTION = frozenset({"rest", "voltage_scan", "impedance"})
_STEP_WORDS = {
    "rest": "rest",
    "constant_current": "constant current",
    "constant_voltage": "constant voltage",
    "constant_current_constant_voltage": "constant current, then constant voltage",
    "voltage_scan": "voltage sweep",
    "impedance": "impedance",
}


def values_of(lab: Lab, run: Any, record: Any, seen: Any) -> Any:
    """Voltage and current from the newest record where it is of the last look, else from the channel's status."""
    if seen is None or record is None:
        return seen
    place = lab.instruments[run.instrument]
    return record if record.unix_time_s >= seen.observed_unix_s - place.poll_s else seen


def left_of(known: KnownPlan, run: Any, segment: Any, clock: Any) -> tuple[float, float]:
    """Seconds left, and the fraction that is done; ``clock`` as :class:`orchestrator.web.run_rows.RunRows` has it."""
    timeline, item = known.timeline, run.item
    if clock is None:
        return timeline.left_s(0, 0.0, 0.0, item)
    in_item = 0 if segment is None else max(run.cycles_done - segment.cycle_offset, 0)
    return timeline.left_s(timeline.done(item, in_item), clock.done_at_s, clock.now_s, item)


def cycle_of(segment: Any, clock: Any, seen: Any) -> int | None:
    """The furthest that was seen: records may be ahead of the channel's status, or behind it."""
    known = [clock.cycle] if clock is not None else []
    if seen is not None and seen.cycle is not None and segment is not None:
        known.append(segment.cycle_offset + seen.cycle)
    return max(known, default=None)


def step_of(segment: Any, seen: Any) -> Mapping[str, Any] | None:
    """The entry of the step map that the channel is at."""
    if seen is None or segment is None:
        return None
    step: Mapping[str, Any]
    for step in segment.step_map:
        if step["step"] == seen.step:
            return step
    return None


def step_text(step: Mapping[str, Any] | None, values: Any) -> str | None:
    """``discharge (constant current)``: its direction is what is measured."""
    if step is None:
        return None
    words = _STEP_WORDS.get(step["kind"], str(step["kind"]).replace("_", " "))
    if step["kind"] in _WITHOUT_DIRECTION or not values.current_A:
        return words
    return f"{'charge' if values.current_A > 0 else 'discharge'} ({words})"
