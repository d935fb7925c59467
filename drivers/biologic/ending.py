"""Whether a list of techniques came to its own end, or somebody stopped the channel; whether that can be told."""

from __future__ import annotations

from drivers.biologic.decoder_state import DecoderState
from drivers.biologic.technique_list import Technique, TechniqueList

__all__ = ["came_to_its_end", "end_is_lost"]

_NEAR_V = 5e-3
_NEAR_CHANGES = 2.0
"""Of the voltage between the last two rows."""
_CUT_OFF = "Test1_Value"


def came_to_its_end(techniques: TechniqueList, state: DecoderState) -> bool:
    """Whether it did, of a channel that stands and whose rows have all been decoded.

    Either rows of an end mark have come, or a pulse that leaves its loop has stopped the channel at its voltage: it
    is the last that has rows and stood near its voltage, or what comes before it was over and it wrote none.
    """
    if state.ended:
        return True
    index = state.position.index
    if index < 0 or state.counters.voltage_V is None:
        return False
    present = techniques.techniques[index]
    if present.leaves_loop:
        near_V = max(_NEAR_V, present.number("Record_every_dE"), _NEAR_CHANGES * state.counters.change_V)
        return abs(state.counters.voltage_V - present.number(_CUT_OFF)) <= near_V
    following = None if state.last_rows_lost else state.position.next(techniques)
    return following is not None and techniques.techniques[following.index].leaves_loop and _is_over(present, state)


def end_is_lost(why: str, techniques: TechniqueList, state: DecoderState) -> bool:
    """Whether rows that nobody has are the last of a test, and nothing else tells how it ended.

    ``why`` as for :func:`drivers.biologic.outcome.outcome`.
    """
    return why == "itself" and state.last_rows_lost and not came_to_its_end(techniques, state)


def _is_over(technique: Technique, state: DecoderState) -> bool:
    """Whether not even one more row was due."""
    duration_s = technique.number("Rest_time_T" if technique.stem == "ocv" else "Duration_step")
    return state.last_s - state.execution_s + technique.number("Record_every_dT") > duration_s
