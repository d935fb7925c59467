from __future__ import annotations

import math

import pytest

from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.program import Impedance, Origin, Record, VoltagePoint
from protocols.reading import check, parse_protocol
from tests.protocols.binding import HEAD, plan_of, steps_of

SPAN = "from: 100 kHz, to: 0.1 Hz, per_decade: 10"


def spectrum(written: str) -> Impedance:
    (step,) = steps_of(f"- impedance: {{{written}}}")
    assert isinstance(step, Impedance)
    return step


def test_a_potentiostatic_spectrum_is_taken_at_open_circuit() -> None:
    step = spectrum(f"potentiostatic: 10 mV peak, {SPAN}, average: 3")
    assert step == Impedance(
        "potentiostatic",
        1e5,
        0.1,
        10.0,
        Origin(8, "steps[0]"),
        amplitude_peak_V=0.01,
        bias=VoltagePoint(0.0, "open_circuit"),
        average=3,
    )
    assert step.frequency_count == 61


def test_everything_may_be_stated() -> None:
    step = spectrum(
        f"potentiostatic: $tickle, at: 0.2 V, {SPAN}, wait: 1 period, settle: 10 s, drift_correction: true, "
        "record: {every: 1 s}"
    )
    assert (step.bias, step.wait_periods, step.settle_s) == (VoltagePoint(0.2), 1.0, 10.0)
    assert (step.amplitude_peak_V, step.drift_correction, step.record) == (0.01, True, Record(1.0))


@pytest.mark.parametrize(("written", "peak_V"), [("7 mV rms", 0.007 * math.sqrt(2)), ("10 mV  peak", 0.01)])
def test_an_amplitude_is_kept_as_its_peak(written: str, peak_V: float) -> None:
    assert spectrum(f"potentiostatic: {written}, {SPAN}").amplitude_peak_V == pytest.approx(peak_V, rel=1e-14)


GALVANOSTATIC = [
    ("0.1 mA peak", "", 1e-4, 0.0),
    ("0.1 mA rms", ", around: 0 mA", 1e-4 * math.sqrt(2), 0.0),
    ("0.01C peak", ", around: 0.1C discharge", 3.35e-5, -3.35e-4),
    ("0.1 mA peak", ", around: 0.2 A/g charge", 1e-4, 0.2 * 2.753e-3),
]


@pytest.mark.parametrize(("amplitude", "around", "peak_A", "bias_A"), GALVANOSTATIC)
def test_a_galvanostatic_spectrum_swings_around_a_current(
    amplitude: str, around: str, peak_A: float, bias_A: float
) -> None:
    step = spectrum(f"galvanostatic: {amplitude}, {SPAN}{around}")
    assert (step.control, step.bias, step.amplitude_peak_V) == ("galvanostatic", None, None)
    assert (step.amplitude_peak_A, step.bias_current_A) == pytest.approx((peak_A, bias_A), rel=1e-12)


PEIS = f"potentiostatic: 10 mV peak, {SPAN}"
GEIS = f"galvanostatic: 0.1 mA peak, {SPAN}"
MISTAKES = [
    (f"potentiostatic: 10 mV, {SPAN}", "potentiostatic", '"10 mV" does not say which', "10 mV peak, or 10 mV rms"),
    (f"potentiostatic: 10 mV RMS, {SPAN}", "potentiostatic", "does not say which", "10 mV peak, or 10 mV rms"),
    (f"potentiostatic: 20 mV pp, {SPAN}", "potentiostatic", "from peak to peak", "peak is half of that"),
    (f"potentiostatic: 10 mA peak, {SPAN}", "potentiostatic", "mA is a current", "write a voltage"),
    (f"potentiostatic: 0 mV peak, {SPAN}", "potentiostatic", "is no amplitude", "above zero"),
    (f"potentiostatic: -5 mV rms, {SPAN}", "potentiostatic", "is no amplitude", "above zero"),
    (f"potentiostatic: peak, {SPAN}", "potentiostatic", "nothing is written here", "a voltage"),
    (f"potentiostatic: 1.1 V peak, {SPAN}", "potentiostatic", "swings wider than limits.voltage", "10 mV peak"),
    (f"{PEIS}, at: 1.6 V", "at", "is outside the cell's window", "from 0.01 V to 1.5 V"),
    (f"{PEIS}, at: 1.995 V", "at", "with an amplitude of 10 mV is outside limits.voltage", "from -0.04 V to 1.99 V"),
    (f"{PEIS}, around: 1 mA charge", "around", "belongs to galvanostatic", "at: 0.2 V"),
    (f"{GEIS}, at: 1 V", "at", "belongs to potentiostatic", "around: 0 mA"),
    (f"{GEIS}, around: -1 mA", "around", "is negative", "write 1 mA discharge"),
    (f"{GEIS}, around: 1 mA", "around", "which way it flows", "1 mA charge, or 1 mA discharge"),
    (f"{GEIS}, around: 0", "around", "has no unit", "5 mA"),
    (f"{GEIS}, around: 19.95 mA charge", "galvanostatic", "up to 20.05 mA, above limits.current (20 mA)", "closer"),
    (f"galvanostatic: 30 mA peak, {SPAN}", "galvanostatic", "is above limits.current", "lower"),
    (f"{PEIS}, galvanostatic: 1 mA peak", "galvanostatic", "stands beside potentiostatic", "in mV"),
    (SPAN, "", "has no amplitude", "potentiostatic: 10 mV peak"),
    ("potentiostatic: 10 mV peak, from: 100 khz, to: 0.1 Hz, per_decade: 10", "from", '"khz" is unknown', "kHz?"),
    ("potentiostatic: 10 mV peak, from: 1 mhz, to: 0.1 Hz, per_decade: 10", "from", '"mhz" is unknown', "mHz or MHz?"),
    ("potentiostatic: 10 mV peak, from: 100, to: 0.1 Hz, per_decade: 10", "from", "has no unit", "100 kHz"),
    ("potentiostatic: 10 mV peak, from: 10 s, to: 0.1 Hz, per_decade: 10", "from", "s is a duration", "a frequency"),
    ("potentiostatic: 10 mV peak, from: 0 Hz, to: 0.1 Hz, per_decade: 10", "from", "is zero", "above zero"),
    ("potentiostatic: 10 mV peak, from: 1 Hz, to: 1000 mHz, per_decade: 10", "to", "equals from", "100 kHz"),
    ("potentiostatic: 10 mV peak, from: 1 kHz, to: 1 Hz, per_decade: 500", "per_decade", "too many", "up to 100"),
    (f"{PEIS}, average: 1000", "average", "too many", "up to 100"),
    (f"{PEIS}, wait: 0.1", "wait", "has no unit", "0.1 periods"),
    (f"{PEIS}, wait: -1 periods", "wait", "is not possible", "0.1 periods"),
    (f"{PEIS}, drift_correction: maybe", "drift_correction", "neither true nor false", "true or false"),
]  # fmt: skip


@pytest.mark.parametrize(("written", "key", "message", "remedy"), MISTAKES)
def test_a_mistake_is_told_with_line_key_and_remedy(written: str, key: str, message: str, remedy: str) -> None:
    errors = check(HEAD + f"- impedance: {{{written}}}", "my.yaml")
    place = f"impedance.{key}" if key else "impedance"
    assert [(e.line, e.key) for e in errors] == [(8, place)], "\n".join(map(str, errors))
    assert message in errors[0].message
    assert remedy in errors[0].remedy


def test_the_swing_of_a_relative_current_is_checked_with_the_cell() -> None:
    text = HEAD + f"- impedance: {{galvanostatic: 10C peak, {SPAN}}}"
    assert check(text) == []
    with pytest.raises(ProtocolErrors, match=r"is above limits.current"):
        compile_protocol(parse_protocol(text), Cell("L1", nominal_capacity_Ah=3.35e-3))


def test_a_large_amplitude_is_remarked() -> None:
    (warning,) = plan_of(f"- impedance: {{potentiostatic: 150 mV peak, {SPAN}}}").warnings
    assert warning.startswith('my.yaml:8  impedance.potentiostatic: "150 mV peak" is more than a cell answers linearly')
    assert plan_of(f"- impedance: {{potentiostatic: 70 mV rms, {SPAN}}}").warnings == ()


def test_a_spectrum_takes_what_its_low_frequencies_take() -> None:
    estimate = plan_of(f"- impedance: {{{PEIS}, average: 3, wait: 0.1 periods, settle: 10 s}}").estimate
    frequencies_Hz = [10 ** (5 - i / 10) for i in range(61)]
    expected_s = 10 + sum(max(0.2, 3.1 / frequency_Hz) for frequency_Hz in frequencies_Hz)
    assert estimate.duration_s == pytest.approx(expected_s)
    assert estimate.records == 61 + 3  # at 0, 10 s and the end of settling
