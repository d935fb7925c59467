"""What a VSP-300 channel can do, from what it told of itself."""

from __future__ import annotations

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.constant_techniques import END_MARKS
from drivers.contracts import Capabilities

__all__ = ["LOOP_DEPTH_MAX", "ROWS_PER_SECOND_MAX", "TECHNIQUES_MAX", "capabilities"]

ROWS_PER_SECOND_MAX = 200.0
"""What six channels at once are read at with their memories all but empty, see ``make bench``."""
TECHNIQUES_MAX = 50
LOOP_DEPTH_MAX = 3
# unconfirmed on hardware: how many techniques a list holds, and how deep LOOP techniques may lie in each other
_VOLTAGE_MAX_V = 10.0
_FREQUENCY_MIN_Hz, _FREQUENCY_MAX_Hz = 10e-6, 3e6
# unconfirmed on hardware: impedance up to 7 MHz; 3 MHz is what is typically specified
_AMPLITUDE_MAX_V = 0.5
# unconfirmed on hardware: the largest amplitude; nothing linear is measured at half a volt
_TECHNIQUES = frozenset(
    {
        "rest",
        "constant_current",
        "constant_voltage",
        "constant_current_constant_voltage",
        "voltage_scan",
        "impedance",
        "loop",
    }
)


def capabilities(facts: ChannelFacts) -> Capabilities:
    """Return what the contract asks for."""
    ranges = tuple(facts.ranges.values())
    return Capabilities(
        techniques=_TECHNIQUES,
        voltage_min_V=-_VOLTAGE_MAX_V,
        voltage_max_V=_VOLTAGE_MAX_V,
        current_max_A=ranges[-1].current_max_A,
        current_ranges=ranges,
        steps_max=TECHNIQUES_MAX - len(END_MARKS),
        loop_depth_max=LOOP_DEPTH_MAX,
        record_interval_min_s=1 / ROWS_PER_SECOND_MAX,
        frequency_min_Hz=_FREQUENCY_MIN_Hz,
        frequency_max_Hz=_FREQUENCY_MAX_Hz,
        amplitude_max_V=_AMPLITUDE_MAX_V,
        pause="none",
    )
