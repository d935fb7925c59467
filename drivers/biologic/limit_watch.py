"""Protection that the service watches: at every look, the rows just taken and the values of now."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from drivers.biologic.segment_rows import Rows
from drivers.biologic.structs import CurrentValues
from drivers.biologic.technique_list import ServiceLimits, TechniqueList

__all__ = ["LimitWatch", "wrong_cell"]

_ABSURD = 1e30
"""Of a magnitude in volts or amperes: a value beyond every range, as an overflow is told."""
_UNMEASURED_MAX = 2
"""So many rows without a number, and no others, are no glitch; nor are so many looks at the potential."""
_METER_V, _METER_SHARE_V, _METER_SHARE_A = 1e-3, 1e-3, 1e-2
"""How far a reading may lie beyond a limit: a set point or cut-off may be the limit itself, and is read with noise."""
# unconfirmed on hardware: readings are that good, the current also in a range ten times as large as the limit

_Values = npt.NDArray[np.float64]


@dataclass
class LimitWatch:
    """Of one test. Limits of a list's steps may differ: rows are judged by their own technique's."""

    techniques: TechniqueList
    passed: str | None = None
    """Which limit rows have passed first; known before they are written anywhere."""
    _unmeasured: int = field(default=0)
    _unmeasured_looks: int = field(default=0)

    def of_rows(self, rows: Rows, count: int, limits: ServiceLimits) -> str | None:
        """Say what is beyond its limit among rows just taken, ``count`` with those without a number; None: nothing."""
        if self._cannot_be_measured(len(rows.voltage_V), count):
            beyond: str | None = "potential or current beyond every range"
        else:
            beyond = _beyond(limits, rows.voltage_V, rows.current_A)
        self.passed = self.passed or beyond
        return beyond

    def of_values(self, values: CurrentValues) -> str | None:
        """Say whether the channel is beyond the widest limits of its list now; None: it is not.

        CurrentValues does not tell which technique it belongs to: a current that is no number may be that of a rest.
        """
        widest = _widest(self.techniques)
        if widest is None:
            return None
        if not _is_number(values.Ewe):
            self._unmeasured_looks += 1
            return "potential beyond every range" if self._unmeasured_looks >= _UNMEASURED_MAX else None
        self._unmeasured_looks = 0
        current_A = values.I if _is_number(values.I) else 0.0
        return _beyond(widest, np.array([values.Ewe]), np.array([current_A]))

    def _cannot_be_measured(self, sane: int, count: int) -> bool:
        """Whether most rows, or all of several looks, are no numbers: one alone is known of range changes."""
        self._unmeasured = 0 if sane else self._unmeasured + count
        lost = count - sane
        return self._unmeasured >= _UNMEASURED_MAX or (lost >= _UNMEASURED_MAX and lost > sane)


def wrong_cell(techniques: TechniqueList, rest_V: float | None) -> str | None:
    """Why nothing may be started: the cell rests where the list's widest limits would trip at once. None: it may.

    For a channel that had no kernel until now, which tells no voltage: everywhere else the engine has looked already.
    """
    # unconfirmed on hardware: that CurrentValues tells the cell's potential while the channel stands
    widest = _widest(techniques)
    if widest is None or rest_V is None or not _is_number(rest_V):
        return None
    if _beyond(widest, np.array([rest_V]), np.zeros(1)) is None:
        return None
    return (
        f"wrong cell? It rests at {rest_V:.4g} V, and the protocol's limits are "
        f"{widest.voltage_min_V:g} V to {widest.voltage_max_V:g} V: another cell, the wrong way round, or "
        "not connected; nothing was started. Look at it, then launch again"
    )


def _widest(techniques: TechniqueList) -> ServiceLimits | None:
    """Return what holds in every technique of a list that has limits at all."""
    limits = [it.limits for it in techniques.techniques if it.limits is not None]
    if not limits:
        return None
    return ServiceLimits(
        min(it.voltage_min_V for it in limits),
        max(it.voltage_max_V for it in limits),
        max(it.current_max_A for it in limits),
    )


def _is_number(value: float) -> bool:
    return math.isfinite(value) and abs(value) < _ABSURD


def _beyond(limits: ServiceLimits, voltage_V: _Values, current_A: _Values) -> str | None:
    if not len(voltage_V):
        return None
    if (highest_V := voltage_V.max()) > limits.voltage_max_V + _meter_V(limits.voltage_max_V):
        return f"{highest_V:.4f} V above {limits.voltage_max_V:g} V"
    if (lowest_V := voltage_V.min()) < limits.voltage_min_V - _meter_V(limits.voltage_min_V):
        return f"{lowest_V:.4f} V below {limits.voltage_min_V:g} V"
    if (largest_A := np.abs(current_A).max()) > limits.current_max_A * (1 + _METER_SHARE_A):
        return f"{largest_A:.4g} A beyond {limits.current_max_A:g} A"
    return None


def _meter_V(limit_V: float) -> float:
    return _METER_V + _METER_SHARE_V * abs(limit_V)
