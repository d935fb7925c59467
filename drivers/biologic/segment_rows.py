"""Rows of one segment as numbers: times, potential, current and the cycle column; what cannot be measured left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from drivers.biologic.raw_segment import RawSegment
from drivers.biologic.row_layout import SPECTRUM
from drivers.biologic.word_floats import singles
from drivers.errors import Garbled

__all__ = ["Rows", "SpectrumRows", "check_layout", "process_rows", "spectrum_rows"]

_Values = npt.NDArray[np.float64]
_IDS: Mapping[str, int] = {"ocv": 100, "peis": 104, "geis": 107, "cplimit": 155, "calimit": 157, "vscanlimit": 158}
_COLUMNS: Mapping[str, int] = {"ocv": 3, "peis": 4, "geis": 4, "cplimit": 5, "calimit": 5, "vscanlimit": 5}
_SPECTRUM_COLUMNS = 14
_ABSURD_V, _ABSURD_A = 100.0, 1000.0
"""No VSP-300 with any booster measures so much: an overflow, or no number at all."""
_FREQUENCY, _ABS_EWE, _ABS_I, _PHASE, _MEAN_EWE, _MEAN_I, _TIME = 0, 1, 2, 3, 4, 5, 13


@dataclass(frozen=True, slots=True)
class Rows:
    """Columns of the same length."""

    time_s: _Values
    """Test time."""
    voltage_V: _Values
    current_A: _Values
    passes: npt.NDArray[np.uint32]
    """The instrument's own cycle column, from 0."""


@dataclass(frozen=True, slots=True)
class SpectrumRows:
    """Points of one spectrum; time, potential and current are in ``mean``."""

    mean: Rows
    frequency_Hz: _Values
    voltage_amplitude_V: _Values
    current_amplitude_A: _Values
    phase_rad: _Values


def check_layout(segment: RawSegment, stem: str) -> None:
    """Raise Garbled where rows are not what this technique writes."""
    wanted = _SPECTRUM_COLUMNS if segment.process_index == SPECTRUM else _COLUMNS[stem]
    rows, columns = segment.words.shape
    if not np.isfinite(segment.start_time_s):
        raise Garbled(f"technique {segment.technique_index} says that it began at {segment.start_time_s} s")
    if segment.technique_id != _IDS[stem] or columns < wanted:
        raise Garbled(
            f"{rows} rows of technique {segment.technique_index} have id {segment.technique_id} and {columns} columns, "
            f"{stem} has id {_IDS[stem]} and {wanted}",
            received=segment.words.astype("<u4").tobytes(),
        )


def process_rows(segment: RawSegment, tick_s: float, stem: str) -> tuple[Rows, str | None, float]:
    """Return rows of process 0, what was left out, and the time of the first row whatever became of it.

    t = StartTime + tick (t_high 2^32 + t_low); a tick count is exact as float64 up to 2^53.
    """
    words = segment.words
    ticks = words[:, 0].astype(np.float64) * 2.0**32 + words[:, 1]
    has_current = _COLUMNS[stem] > 3
    measured = singles(words[:, 2 : 4 if has_current else 3], segment.board_type)
    current_A = measured[:, 1] if has_current else np.zeros(len(words))
    passes = words[:, 4] if _COLUMNS[stem] > 4 else np.zeros(len(words), np.uint32)
    rows = Rows(segment.start_time_s + tick_s * ticks, measured[:, 0], current_A, passes)
    plain = np.abs(measured).max() < min(_ABSURD_V, _ABSURD_A)  # not of NaN
    kept, left_out = (rows, None) if plain else _sane(rows)
    return kept, left_out, float(rows.time_s[0])


def spectrum_rows(segment: RawSegment) -> tuple[SpectrumRows, str | None, float]:
    """Return points of process 1, what was left out, and the time of the first row whatever became of it.

    # unconfirmed on hardware: that the time column counts from the technique's start, not the channel's
    """
    values = singles(segment.words[:, :_SPECTRUM_COLUMNS], segment.board_type)
    measured = np.isfinite(values[:, : _TIME + 1]).all(axis=1)
    measured &= (values[:, _FREQUENCY] > 0) & (values[:, _ABS_I] > 0) & (values[:, _ABS_I] < _ABSURD_A)
    measured &= (values[:, _ABS_EWE] < _ABSURD_V) & _within(values[:, _MEAN_EWE], values[:, _MEAN_I])
    time_s = segment.start_time_s + values[:, _TIME]
    left_out, first_s = _left_out(time_s, measured), float(time_s[0])
    values, time_s = values[measured], time_s[measured]
    mean = Rows(time_s, values[:, _MEAN_EWE], values[:, _MEAN_I], np.zeros(len(values), np.uint32))
    amplitudes = (values[:, _FREQUENCY], values[:, _ABS_EWE], values[:, _ABS_I], values[:, _PHASE])
    return SpectrumRows(mean, *amplitudes), left_out, first_s


def _sane(rows: Rows) -> tuple[Rows, str | None]:
    measured = _within(rows.voltage_V, rows.current_A)
    if measured.all():
        return rows, None
    kept = Rows(rows.time_s[measured], rows.voltage_V[measured], rows.current_A[measured], rows.passes[measured])
    return kept, _left_out(rows.time_s, measured)


def _within(voltage_V: _Values, current_A: _Values) -> npt.NDArray[np.bool_]:
    """Whether values can have been measured; NaN cannot."""
    return np.asarray((np.abs(voltage_V) < _ABSURD_V) & (np.abs(current_A) < _ABSURD_A))


def _left_out(time_s: _Values, measured: npt.NDArray[np.bool_]) -> str | None:
    if measured.all():
        return None
    times_s = time_s[~measured]
    return (
        f"{len(times_s)} record(s) between {times_s[0]:.3f} s and {times_s[-1]:.3f} s left out: potential or current "
        "is no number or beyond every range"
    )
