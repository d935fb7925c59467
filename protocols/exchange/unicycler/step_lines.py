"""One unicycler step as a line of a protocol file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from protocols.errors import Refusal, quoted
from protocols.exchange.unicycler.fields import Fields

__all__ = ["FILL_IN", "StepWriter", "duration_words", "number_words"]

FILL_IN = "FILL-IN"
"""Stands where only a person knows; refused until somebody has written what it is."""

_CURRENT = ("step", "id", "rate_C", "current_mA", "until_time_s", "until_voltage_V")
_HOLD = ("step", "id", "voltage_V", "until_time_s", "until_rate_C", "until_current_mA")
_SCAN = ("step", "id", "start_voltage_V", "end_voltage_V", "scan_rate_mV_per_s")
_SPECTRUM = (
    *("step", "id", "amplitude_V", "amplitude_mA", "start_frequency_Hz", "end_frequency_Hz"),
    *("points_per_decade", "measures_per_point", "drift_correction"),
)


@dataclass(slots=True)
class StepWriter:
    """Writes steps in order; remembers which way the cell was driven, as a held voltage needs to know.

    ``most_current`` is the largest current that the protocol allows, in words.
    """

    most_current: str
    remarks: list[str] = field(default_factory=list)
    _before: Fields | None = None

    def forget(self) -> None:
        """A loop begins or ends here: what stood before in the file is not always what ran before."""
        self._before = None

    def write(self, step: Fields) -> str:
        """Return the step without its dash. Raises Refusal."""
        kind = step.text("step") or ""
        writers = {
            "open_circuit_voltage": self._rest,
            "constant_current": self._current,
            "constant_voltage": self._hold,
            "voltage_scan": self._scan,
            "impedance_spectroscopy": self._spectrum,
        }
        if kind not in writers:
            raise Refusal(
                step.place, f"{quoted(kind)} is no step that is known", f"known: {', '.join(writers)}, loop, tag"
            )
        line = writers[kind](step)
        self._before = step if kind == "constant_current" else None
        return line

    def _rest(self, step: Fields) -> str:
        step.check_names(("step", "id", "until_time_s"))
        return f"rest: {duration_words(step.required('until_time_s'))}"

    def _current(self, step: Fields) -> str:
        step.check_names(_CURRENT)
        signed, words = _driven(step, "rate_C", "current_mA")
        until = {"voltage": _volts(step.number("until_voltage_V")), "duration": _time(step)}
        if not step.not_zero("until_time_s") and not step.not_zero("until_voltage_V"):
            raise Refusal(step.place, "nothing ends the step", "write until_voltage_V or until_time_s")
        return f"{'charge' if signed > 0 else 'discharge'}: {{current: {words}, until: {{{_pairs(until)}}}}}"

    def _hold(self, step: Fields) -> str:
        step.check_names(_HOLD)
        voltage = step.required("voltage_V")
        said = {"voltage": f"{number_words(voltage)} V"}
        until: dict[str, str | None] = {"current": None, "duration": _time(step)}
        signed = Decimal(0)
        if step.rate_C("until_rate_C") or step.not_zero("until_current_mA"):
            signed, until["current"] = _driven(step, "until_rate_C", "until_current_mA")
        if not any(until.values()):
            raise Refusal(step.place, "nothing ends the step", "write until_current_mA, until_rate_C or until_time_s")
        before = self._before
        if before is None or before.number("until_voltage_V") != voltage:
            said |= {"direction": "discharge" if signed < 0 else "charge", "max_current": self.most_current}
            told = f"line {step.place.line}: unicycler does not say the largest current of this held voltage"
            self.remarks.append(f"{told}; it is the limit now, write a smaller one")
            if not signed:
                self.remarks.append(f"line {step.place.line}: nor which way the current flows; taken for a charge")
        return f"hold: {{{_pairs(said)}, until: {{{_pairs(until)}}}}}"

    def _scan(self, step: Fields) -> str:
        step.check_names(_SCAN)
        ends = [number_words(step.required(name)) for name in ("start_voltage_V", "end_voltage_V")]
        rate = number_words(step.required("scan_rate_mV_per_s"))
        return f"sweep: {{from: {ends[0]} V, to: {ends[1]} V, scan_rate: {rate} mV/s}}"

    def _spectrum(self, step: Fields) -> str:
        step.check_names(_SPECTRUM)
        volts, milliamperes = step.number("amplitude_V"), step.number("amplitude_mA")
        if (volts is None) == (milliamperes is None):
            raise Refusal(step.place, "one amplitude must be said", "write amplitude_V or amplitude_mA")
        said = (
            {"potentiostatic": f"{number_words(volts * 1000)} mV peak"}
            if volts is not None
            else {"galvanostatic": f"{number_words(milliamperes or Decimal(0))} mA peak"}
        )
        said |= {
            "from": f"{number_words(step.required('start_frequency_Hz'))} Hz",
            "to": f"{number_words(step.required('end_frequency_Hz'))} Hz",
            "per_decade": number_words(step.number("points_per_decade") or Decimal(10)),
            "average": number_words(step.number("measures_per_point") or Decimal(1)),
        }
        if step.is_true("drift_correction"):
            said["drift_correction"] = "true"
        return f"impedance: {{{_pairs(said)}}}"


def number_words(number: Decimal) -> str:
    """Write a number out, without an exponent where that is readable, and without trailing zeros."""
    plain = number.normalize()
    return f"{plain:f}" if -12 <= plain.adjusted() <= 12 else f"{plain:e}"


def duration_words(seconds: Decimal) -> str:
    """``2 h``, ``10 min``, ``1.5 s``: the largest unit that leaves a whole number."""
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size and seconds % size == 0:
            return f"{number_words(seconds / size)} {unit}"
    return f"{number_words(seconds)} s"


def _driven(step: Fields, rate_name: str, current_name: str) -> tuple[Decimal, str]:
    """Signed number and its magnitude in words; a C-rate goes before a current, as in unicycler."""
    rate = step.rate_C(rate_name)
    if rate:
        return rate, f"{number_words(abs(rate))}C"
    current = step.not_zero(current_name)
    if current is None:
        raise Refusal(step.place, "has no current", f"write {current_name} or {rate_name}")
    return current, f"{number_words(abs(current))} mA"


def _time(step: Fields) -> str | None:
    seconds = step.not_zero("until_time_s")
    return None if seconds is None else duration_words(seconds)


def _volts(number: Decimal | None) -> str | None:
    return None if number is None else f"{number_words(number)} V"


def _pairs(said: dict[str, str | None] | dict[str, str]) -> str:
    entries: Iterable[tuple[str, str | None]] = said.items()
    return ", ".join(f"{name}: {text}" for name, text in entries if text is not None)
