"""Voltages, amplitudes and bias currents as they are written: any text is one of them, or a refusal with a remedy."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.errors import Refusal
from protocols.node import ScalarNode
from protocols.schema.amplitude import Amplitude, CurrentAmplitude, VoltageAmplitude
from protocols.schema.bias_current import Bias, BiasCurrent
from protocols.schema.voltage_level import Level, VoltageLevel

READERS = {
    "level": Level.__metadata__[0],  # type: ignore[attr-defined]
    "voltage amplitude": VoltageAmplitude.__metadata__[0],  # type: ignore[attr-defined]
    "current amplitude": CurrentAmplitude.__metadata__[0],  # type: ignore[attr-defined]
    "bias": Bias.__metadata__[0],  # type: ignore[attr-defined]
}


def read(reader: str, text: str) -> Any:
    node = ScalarNode(1, ("here",), text)
    return READERS[reader].validate(node).read(text)


def _magnitude(value: Any) -> float:
    match value:
        case VoltageLevel():
            return value.voltage.value
        case Amplitude():
            return value.size.value * value.peak_factor
        case BiasCurrent():
            return 0.0 if value.current is None else value.current.value
    raise AssertionError(value)


WORDS = st.sampled_from(
    [
        "10",
        "0",
        "-1",
        ".5",
        "0.1",
        "mV",
        "mA",
        "V",
        "C",
        "C/10",
        "A/g",
        "peak",
        "rms",
        "pp",
        "vs",
        "open circuit",
        "charge",
    ]
)
NEAR = st.lists(WORDS | st.text(max_size=3), max_size=5).map(" ".join)


@given(st.sampled_from(sorted(READERS)), NEAR | st.text(max_size=30))
def test_any_text_is_a_finite_value_or_a_refusal(reader: str, text: str) -> None:
    if text.startswith("$"):
        return
    try:
        outcome: float | str = _magnitude(read(reader, text))
    except Refusal as refusal:
        outcome = refusal.remedy
    assert outcome if isinstance(outcome, str) else math.isfinite(outcome)


LONG = ["0" * 500_000 + "x", " " * 500_000 + "x", "vs " * 200_000, "1 mA" + " charge" * 100_000, "-" * 500_000]


@pytest.mark.timeout(120)  # it would be hours
@pytest.mark.parametrize("text", LONG, ids=[text[:6] for text in LONG])
@pytest.mark.parametrize("reader", sorted(READERS))
def test_a_long_text_is_refused_at_once_and_in_short(reader: str, text: str) -> None:
    with pytest.raises(Refusal) as caught:
        read(reader, text)
    error = caught.value.in_file("my.yaml")
    assert len(str(error)) < 700
    assert str(error).isprintable()


ZEROS = ["0 mA", "0.0 A", "-0 mA", ".0 uA", "0C"]


@pytest.mark.parametrize("text", ZEROS)
def test_no_bias_needs_no_direction(text: str) -> None:
    assert read("bias", text) == BiasCurrent(None, "charge")


def test_rms_and_peak_of_a_sine_are_the_square_root_of_two_apart() -> None:
    rms, peak = read("current amplitude", "C/10 rms"), read("current amplitude", "C/10 peak")
    assert _magnitude(rms) / _magnitude(peak) == pytest.approx(math.sqrt(2))
