"""From segments of rows to columns of the contract: one call a segment, nothing kept but the state."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from drivers.biologic.decoder_state import DecoderState
from drivers.biologic.half_scans import Stretch, first_half_scan, follow
from drivers.biologic.raw_segment import RawSegment
from drivers.biologic.row_layout import SPECTRUM
from drivers.biologic.scan_course import ScanCourse
from drivers.biologic.segment_rows import Rows, SpectrumRows, check_layout, process_rows, spectrum_rows
from drivers.biologic.step_counters import StepCounters
from drivers.biologic.technique_list import Technique, TechniqueList
from drivers.contracts import LOST, RECORD_COLUMNS, SPECTRUM_COLUMNS, Columns
from drivers.errors import Garbled

__all__ = ["NO_POINTS", "NO_RECORDS", "Decoded", "Decoder"]

NO_RECORDS: Columns = {name: np.empty(0, dtype) for name, dtype in RECORD_COLUMNS.items()}
NO_POINTS: Columns = {name: np.empty(0, dtype) for name, dtype in SPECTRUM_COLUMNS.items()}

_TICK_ROUNDING = 1e-6
_BACK_s = 1e-3
"""A time may go back by rounding alone: of spectra it is a float32."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What one segment says."""

    records: Columns
    """As in RECORD_COLUMNS."""
    spectra: Columns
    """As in SPECTRUM_COLUMNS. Each point is a record, too: time series show that a spectrum was taken."""
    problems: tuple[str, ...]
    """What was lost or left out, one line each."""
    state: DecoderState


class Decoder:
    """Of one list of techniques. Holds no state of its own: the same segment and state give the same columns."""

    def __init__(self, techniques: TechniqueList) -> None:
        self.techniques = techniques
        listed = techniques.techniques
        self._courses = {
            index: ScanCourse.of(it) for index, it in enumerate(listed) if it.stem == "vscanlimit" and it.steps
        }
        self._ticks_s = {index: float(np.float32(it.time_base_s)) for index, it in enumerate(listed)}
        """What is sent is a float32."""

    def decode(self, segment: RawSegment, state: DecoderState) -> Decoded:
        """Decode the segment that follows on the state. Raises Garbled; the state then stays as it was."""
        problems: list[str] = []
        if not len(segment.words):
            _tell_lost(segment, state, None, problems)
            lost = state.last_rows_lost or segment.irq_skipped > 0
            return Decoded(NO_RECORDS, NO_POINTS, tuple(problems), replace(state, last_rows_lost=lost))
        technique = self._technique(segment)
        check_layout(segment, technique.stem)
        state = replace(self._entered(segment, technique, state), last_rows_lost=False)
        if technique.end_mark:
            _tell_lost(segment, state, segment.start_time_s, problems)
            return Decoded(NO_RECORDS, NO_POINTS, tuple(problems), replace(state, ended=True))
        if segment.process_index == SPECTRUM:
            return self._spectrum(segment, technique, state, problems)
        tick_s, state = self._tick_s(segment, state, problems)
        rows, left_out, first_s = process_rows(segment, tick_s, technique.stem)
        _tell_lost(segment, state, first_s, problems)
        return self._told(rows, technique, state, problems, left_out)

    # ---- the list

    def _technique(self, segment: RawSegment) -> Technique:
        index, listed = segment.technique_index, self.techniques.techniques
        if not 0 <= index < len(listed) or listed[index].is_loop:
            raise Garbled(f"rows of technique {index}, which the list of {len(listed)} has not, or which has no rows")
        return listed[index]

    def _entered(self, segment: RawSegment, technique: Technique, state: DecoderState) -> DecoderState:
        """Notice that another execution of a technique has begun."""
        index, start_s = segment.technique_index, segment.start_time_s
        if (state.position.index, state.execution_s) == (index, start_s):
            return state
        position = state.position.until(self.techniques, index, segment.loop)
        cycles = state.cycles.after_pass() if position.passes > state.position.passes else state.cycles
        if not technique.end_mark:
            begins_scan = index in self._courses and not technique.steps[0].cycle
            cycles = cycles.in_scan() if begins_scan else cycles.in_step()
        return replace(
            state,
            position=position,
            execution_s=start_s,
            cycles=cycles,
            in_spectrum=False,
            half_scan=None,
            counters=StepCounters.begin(start_s) if not technique.end_mark else state.counters,
        )

    def _tick_s(self, segment: RawSegment, state: DecoderState, problems: list[str]) -> tuple[float, DecoderState]:
        """Return the tick of the technique as it was sent: CurrentValues may tell that of another one of the list."""
        sent_s, told_s = self._ticks_s[segment.technique_index], segment.time_base_s
        if any(abs(told_s - it) <= _TICK_ROUNDING * it for it in self._ticks_s.values()):
            return sent_s, state
        if not state.tick_doubted:
            problems.append(
                f"the instrument tells a time base of {told_s:g} s, which no technique of the list has; rows of "
                f"technique {segment.technique_index} are timed with the {sent_s:g} s that it was sent"
            )
        return sent_s, replace(state, tick_doubted=True)

    # ---- columns

    def _spectrum(self, segment: RawSegment, technique: Technique, state: DecoderState, problems: list[str]) -> Decoded:
        points, left_out, first_s = spectrum_rows(segment)
        _tell_lost(segment, state, first_s, problems)
        if not state.in_spectrum:
            state = replace(state, spectrum=state.spectrum + 1, in_spectrum=True)
        told = self._told(points.mean, technique, state, problems, left_out)
        count = len(points.frequency_Hz)
        spectra = _spectrum_columns(points, told.records, told.state)
        return replace(told, spectra=spectra, state=replace(told.state, spectrum_seq=told.state.spectrum_seq + count))

    def _told(
        self, rows: Rows, technique: Technique, state: DecoderState, problems: list[str], left_out: str | None
    ) -> Decoded:
        if left_out:
            problems.append(left_out)
        count = len(rows.time_s)
        if not count:
            return Decoded(NO_RECORDS, NO_POINTS, tuple(problems), state)
        if rows.time_s[0] < state.last_s - _BACK_s:
            problems.append(f"times go back from {state.last_s:.3f} s to {rows.time_s[0]:.3f} s of the test")
        stretches, state = self._stretches(rows, technique, state)
        columns = _Columns(rows, state)
        for stretch in stretches:
            columns.fill(stretch)
        state = replace(
            state,
            seq=state.seq + count,
            cycles=columns.cycles,
            counters=columns.counters,
            step=stretches[-1].step.step,
            last_s=float(rows.time_s[-1]),
            last_V=float(rows.voltage_V[-1]),
        )
        return Decoded(columns.typed(), NO_POINTS, tuple(problems), state)

    def _stretches(self, rows: Rows, technique: Technique, state: DecoderState) -> tuple[list[Stretch], DecoderState]:
        course = self._courses.get(state.position.index)
        if course is None:
            step, everything = technique.steps[0], slice(0, len(rows.time_s))
            return [Stretch(everything, step, step.kind, state.execution_s, begins=False)], state
        now = state.half_scan or first_half_scan(
            course, state.execution_s, float(rows.time_s[0]), float(rows.voltage_V[0]), state.last_V
        )
        stretches, now = follow(course, now, rows.time_s, rows.voltage_V, rows.passes)
        return stretches, replace(state, half_scan=now)


def _tell_lost(segment: RawSegment, state: DecoderState, until_s: float | None, problems: list[str]) -> None:
    """Tell of points that the instrument counted but did not keep (IRQskipped), before the first row of a segment."""
    if segment.irq_skipped > 0:
        until = "now" if until_s is None else f"{until_s:.3f} s"
        problems.append(
            f"{LOST}{segment.irq_skipped} record(s) between {state.last_s:.3f} s and {until} of the test were lost in "
            "the instrument"
        )


class _Columns:
    """Columns of records under way."""

    def __init__(self, rows: Rows, state: DecoderState) -> None:
        count = len(rows.time_s)
        self._rows, self.cycles, self.counters = rows, state.cycles, state.counters
        self._columns: dict[str, npt.NDArray[np.generic]] = {
            "seq": np.arange(state.seq + 1, state.seq + count + 1),
            "unix_time_s": state.started_unix_s + rows.time_s,
            "test_time_s": rows.time_s,
            "voltage_V": rows.voltage_V,
            "current_A": rows.current_A,
            "temperature_degC": np.full(count, np.nan),
        }
        for name in RECORD_COLUMNS.keys() - self._columns.keys():
            self._columns[name] = np.empty(count, RECORD_COLUMNS[name])

    def fill(self, stretch: Stretch) -> None:
        """Enter what belongs to the step of these rows, and go on counting."""
        if stretch.cycles_before:
            self.cycles = self.cycles.at(self.cycles.scan_began + stretch.cycles_before)
        if stretch.begins:
            self.counters = StepCounters.begin(stretch.began_s)
        rows = stretch.rows
        counted, self.counters = self.counters.count(
            self._rows.time_s[rows], self._rows.voltage_V[rows], self._rows.current_A[rows]
        )
        for name, value in (("cycle", self.cycles.cycle), ("step", stretch.step.step), ("step_kind", stretch.kind)):
            self._columns[name][rows] = value
        self._columns["step_time_s"][rows] = counted.step_time_s
        self._columns["step_capacity_Ah"][rows] = counted.capacity_Ah
        self._columns["step_energy_Wh"][rows] = counted.energy_Wh

    def typed(self) -> Columns:
        """Return all columns in their order."""
        return {name: self._columns[name].astype(dtype, copy=False) for name, dtype in RECORD_COLUMNS.items()}


def _spectrum_columns(points: SpectrumRows, records: Columns, state: DecoderState) -> Columns:
    """Return points under the test's columns: Z = |Ewe| / |I| at the phase, negative where it is capacitive."""
    count = len(points.frequency_Hz)
    modulus_Ohm = points.voltage_amplitude_V / points.current_amplitude_A
    shared = ("cycle", "step", "unix_time_s", "test_time_s", "voltage_V", "current_A", "temperature_degC")
    columns: dict[str, npt.NDArray[np.generic]] = {name: records[name] for name in shared}
    columns |= {
        "seq": np.arange(state.spectrum_seq + 1, state.spectrum_seq + count + 1),
        "spectrum": np.full(count, state.spectrum),
        "frequency_Hz": points.frequency_Hz,
        "z_real_Ohm": modulus_Ohm * np.cos(points.phase_rad),
        "z_imag_Ohm": modulus_Ohm * np.sin(points.phase_rad),
        "voltage_amplitude_V": points.voltage_amplitude_V,
        "current_amplitude_A": points.current_amplitude_A,
        "phase_rad": points.phase_rad,
    }
    return {name: columns[name].astype(dtype, copy=False) for name, dtype in SPECTRUM_COLUMNS.items()}
