"""How a test of ours ended, as far as it can be told from its rows."""

from __future__ import annotations

from drivers.biologic.decoder_state import DecoderState
from drivers.biologic.ending import came_to_its_end
from drivers.biologic.technique_list import TechniqueList
from drivers.contracts import ChannelState

__all__ = ["outcome"]

_NEAR = 0.02
"""Of a limit, or in V: the board stops between two rows, so that none of them lies beyond it."""
_NEAR_V = 5e-3
_NEAR_CHANGES = 2.0


def outcome(why: str, techniques: TechniqueList, state: DecoderState) -> ChannelState:
    """Return FINISHED for a list that came to its end, TRIPPED for a protection, else STOPPED.

    ``why`` is what is known of the end: ``stop`` by an order of ours, ``trip`` by our own watch, ``itself`` otherwise.
    That the board's own protection ended it shows in the last row alone: it stands at a limit.
    """
    if why == "trip":
        return ChannelState.TRIPPED
    if came_to_its_end(techniques, state):
        return ChannelState.FINISHED
    if why == "itself" and not state.last_rows_lost and _at_a_limit(techniques, state):
        return ChannelState.TRIPPED
    return ChannelState.STOPPED


def _at_a_limit(techniques: TechniqueList, state: DecoderState) -> bool:
    index, last = state.position.index, state.counters
    limits = techniques.techniques[index].limits if index >= 0 else None
    if limits is None or last.voltage_V is None:
        return False
    near_V = max(_NEAR_V, _NEAR_CHANGES * last.change_V)
    outside_V = max(last.voltage_V - limits.voltage_max_V, limits.voltage_min_V - last.voltage_V)
    return outside_V >= -near_V or abs(last.current_A) >= (1 - _NEAR) * limits.current_max_A
