"""Protection that the service watches: at every look, the rows just taken and the values of now."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from drivers.biologic.row_layout import MEASURED
from drivers.biologic.structs import CurrentValues, DataInfos
from drivers.biologic.technique_list import ServiceLimits, TechniqueList
from drivers.biologic.word_floats import singles

__all__ = ["LimitWatch"]

_ABSURD = 1e30
"""Of a magnitude in volts or amperes: a value beyond every range, as an overflow is told."""
_ABSURD_MAX = 2
"""So many in a row are no glitch."""

_Values = npt.NDArray[np.float64]


@dataclass
class LimitWatch:
    """Of one test. Limits of a list's steps may differ: rows are judged by their own technique's."""

    techniques: TechniqueList
    _absurd: int = field(default=0)

    def of_rows(self, infos: DataInfos, words: bytes, board_type: int) -> str | None:
        """Say what is beyond its limit among rows just taken; None: nothing."""
        listed = self.techniques.techniques
        technique = listed[infos.TechniqueIndex] if 0 <= infos.TechniqueIndex < len(listed) else None
        if technique is None or technique.limits is None or not infos.NbRows:
            return None
        places = MEASURED.get((technique.stem, infos.ProcessIndex))
        if places is None:
            return None
        rows = np.frombuffer(words, "<u4").reshape(infos.NbRows, infos.NbCols)
        voltage_V, current_A = (
            np.empty(0) if place is None else singles(rows[:, place], board_type).astype(np.float64) for place in places
        )
        return self._beyond(technique.limits, voltage_V, current_A)

    def of_values(self, values: CurrentValues) -> str | None:
        """Say whether the channel is beyond the widest limits of its list now; None: it is not.

        CurrentValues does not tell which technique it belongs to.
        """
        limits = [it.limits for it in self.techniques.techniques if it.limits is not None]
        if not limits:
            return None
        widest = ServiceLimits(
            min(it.voltage_min_V for it in limits),
            max(it.voltage_max_V for it in limits),
            max(it.current_max_A for it in limits),
        )
        sane = math.isfinite(values.Ewe) and math.isfinite(values.I) and abs(values.I) < _ABSURD
        return self._beyond(widest, np.array([values.Ewe]), np.array([values.I])) if sane else None

    def _beyond(self, limits: ServiceLimits, voltage_V: _Values, current_A: _Values) -> str | None:
        if self._stays_absurd(voltage_V, current_A):
            return "potential or current beyond every range"
        voltage_V, current_A = _sane(voltage_V), np.abs(_sane(current_A))
        if len(voltage_V) and voltage_V.max() > limits.voltage_max_V:
            return f"{voltage_V.max():.4f} V above {limits.voltage_max_V:g} V"
        if len(voltage_V) and voltage_V.min() < limits.voltage_min_V:
            return f"{voltage_V.min():.4f} V below {limits.voltage_min_V:g} V"
        if len(current_A) and current_A.max() > limits.current_max_A:
            return f"{current_A.max():.4g} A beyond {limits.current_max_A:g} A"
        return None

    def _stays_absurd(self, *columns: _Values) -> bool:
        """Whether values that cannot be measured stay: one alone is a glitch, known of range changes."""
        for column in columns:
            fits = np.abs(column) < _ABSURD
            if fits.all():
                self._absurd = 0
                continue
            for fine in fits.tolist():
                self._absurd = 0 if fine else self._absurd + 1
                if self._absurd >= _ABSURD_MAX:
                    return True
        return False


def _sane(column: _Values) -> _Values:
    return column[np.abs(column) < _ABSURD]
