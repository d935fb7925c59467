from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from protocols.kinds import (
    AREA,
    CAPACITY,
    CURRENT,
    DURATION,
    FREQUENCY,
    HEATING_RATE,
    KINDS,
    MASS,
    PERIODS,
    RATIO,
    SCAN_RATE,
    TEMPERATURE,
    TEMPERATURE_DIFFERENCE,
    VOLTAGE,
    Kind,
)
from protocols.quantity import QuantityError, parse_quantity

READABLE = [
    ("0.2 A/g", CURRENT, 0.2, "A*g**-1"),
    ("200 mA/g", CURRENT, 0.2, "A*g**-1"),
    ("0.2 A g-1", CURRENT, 0.2, "A*g**-1"),
    ("0.2 A·g⁻¹", CURRENT, 0.2, "A*g**-1"),
    ("200 A/kg", CURRENT, 0.2, "A*g**-1"),
    ("5 mA", CURRENT, 0.005, "A"),
    ("5mA", CURRENT, 0.005, "A"),
    ("5 \N{MICRO SIGN}A", CURRENT, 5e-6, "A"),
    ("5 \N{GREEK SMALL LETTER MU}A", CURRENT, 5e-6, "A"),
    ("5 uA", CURRENT, 5e-6, "A"),
    ("5 mA/cm2", CURRENT, 0.005, "A*cm**-2"),
    ("5 mA/cm²", CURRENT, 0.005, "A*cm**-2"),
    ("5 mA/cm^2", CURRENT, 0.005, "A*cm**-2"),
    ("2C", CURRENT, 2.0, "C"),
    ("0.05 C", CURRENT, 0.05, "C"),
    ("C/10", CURRENT, 0.1, "C"),
    ("4.2 V", VOLTAGE, 4.2, "V"),
    ("10 mV", VOLTAGE, 0.01, "V"),
    ("-50 mV", VOLTAGE, -0.05, "V"),
    ("\N{MINUS SIGN}50 mV", VOLTAGE, -0.05, "V"),
    ("1e-3 V", VOLTAGE, 0.001, "V"),
    (".5 V", VOLTAGE, 0.5, "V"),
    ("10 min", DURATION, 600.0, "s"),
    ("10\N{NARROW NO-BREAK SPACE}min", DURATION, 600.0, "s"),
    ("10\N{THIN SPACE}min", DURATION, 600.0, "s"),
    ("2 d", DURATION, 172800.0, "s"),
    ("3.35 mAh", CAPACITY, 0.00335, "A*h"),
    ("600 mAh/g", CAPACITY, 0.6, "A*h*g**-1"),
    ("1.5 mAh/cm2", CAPACITY, 0.0015, "A*h*cm**-2"),
    ("50 %", CAPACITY, 50.0, "%"),
    ("80%", RATIO, 80.0, "%"),
    ("25 degC", TEMPERATURE, 25.0, "degC"),
    ("-10 °C", TEMPERATURE, -10.0, "degC"),
    ("0.5 K", TEMPERATURE_DIFFERENCE, 0.5, "K"),
    ("3 K/min", HEATING_RATE, 0.05, "K*s**-1"),
    ("100 kHz", FREQUENCY, 1e5, "Hz"),
    ("100 mHz", FREQUENCY, 0.1, "Hz"),
    ("1 MHz", FREQUENCY, 1e6, "Hz"),
    ("0.1 mV/s", SCAN_RATE, 1e-4, "V*s**-1"),
    ("6 mV/min", SCAN_RATE, 1e-4, "V*s**-1"),
    ("0.1 periods", PERIODS, 0.1, "periods"),
    ("2.753 mg", MASS, 0.002753, "g"),
    ("1.131 cm2", AREA, 1.131, "cm**2"),
]


@pytest.mark.parametrize(("text", "kind", "value", "unit"), READABLE)
def test_what_people_write_is_read_exactly(text: str, kind: Kind, value: float, unit: str) -> None:
    quantity = parse_quantity(text, kind)
    assert (quantity.value, quantity.unit, quantity.text) == (value, unit, text)


REFUSED = [
    ("0,2 A/g", CURRENT, '"0,2 A/g" has a decimal comma', "write 0.2 A/g"),
    ("1,000 s", DURATION, "decimal comma", "write 1.000 s, or 1000 s where the comma groups thousands"),
    ("1 000 s", DURATION, "groups its digits", "write 1000 s"),
    ("1\N{THIN SPACE}000 s", DURATION, "groups its digits", "write 1000 s"),
    ("10", DURATION, "has no unit", "10 min"),
    ("00:10:00", DURATION, "has no unit", "10 min"),
    ("1 h 30 min", DURATION, "is a sum", "90 min"),
    ("nan A", CURRENT, "is not a finite number", "5 mA"),
    (".nan", VOLTAGE, "is not a finite number", "1.5 V"),
    ("inf V", VOLTAGE, "is not a finite number", "1.5 V"),
    ("-.inf", VOLTAGE, "is not a finite number", "1.5 V"),
    ("1e999 V", VOLTAGE, "is not a finite number", "1.5 V"),
    ("1e300 s", DURATION, "beyond anything that can be measured", "10 min"),
    ("1e-320 A", CURRENT, "beyond anything that can be measured", "5 mA"),
    ("-5 mA", CURRENT, "is negative", "charge and discharge say which way"),
    ("\N{MINUS SIGN}5 mA", CURRENT, "is negative", "charge and discharge say which way"),
    ("0 A", CURRENT, "is zero", "above zero"),
    ("C/0", CURRENT, "is not a finite number", "5 mA"),
    ("5 mAh", CURRENT, "mAh is a capacity", "write a current such as 0.2 A/g, 5 mA or 1C"),
    ("5 mA", CAPACITY, "mA is a current", "write a capacity such as 3.4 mAh"),
    ("2C", VOLTAGE, "C is a C-rate, a current", "write a voltage"),
    ("25 C", TEMPERATURE, "C alone is a C-rate", "25 degC"),
    ("300 K", TEMPERATURE, "K is a temperature difference", "25 degC"),
    ("5 V/s", VOLTAGE, "V/s is a scan rate", "1.5 V"),
    ("5 MA", CURRENT, 'the unit "MA" is unknown', "did you mean mA?"),
    ("5 ma/g", CURRENT, 'the unit "ma/g" is unknown', "did you mean mA/g?"),
    ("1 mhz", FREQUENCY, 'the unit "mhz" is unknown', "did you mean mHz or MHz?"),
    ("1 KHz", FREQUENCY, 'the unit "KHz" is unknown', "did you mean kHz?"),
    ("0.1 mv/s", SCAN_RATE, 'the unit "mv/s" is unknown', "did you mean mV/s?"),
    ("5 mah", CAPACITY, 'the unit "mah" is unknown', "did you mean mAh?"),
    ("5 furlongs", CURRENT, 'the unit "furlongs" is unknown', "5 mA"),
    ("5 A**99999999", CURRENT, "is no unit", "5 mA"),
    ("5 A/", CURRENT, "is no unit", "5 mA"),
    ("5 (A)", CURRENT, "is no number with a unit", "5 mA"),
    ("__import__('os') A", CURRENT, "is no number with a unit", "5 mA"),
    ("\N{ARABIC-INDIC DIGIT THREE} V", VOLTAGE, "is no number with a unit", "1.5 V"),
    ("1.2.3 V", VOLTAGE, "is no number with a unit", "1.5 V"),
    ("fast", CURRENT, "is no number with a unit", "5 mA"),
    ("", CURRENT, "nothing is written here", "5 mA"),
    ("0.8", RATIO, "has no unit", "80 %"),
    ("9" * 100 + " V", VOLTAGE, "is too long for a quantity", "1.5 V"),
]


@pytest.mark.parametrize(("text", "kind", "message", "remedy"), REFUSED)
def test_what_cannot_be_meant_is_refused_with_the_remedy(text: str, kind: Kind, message: str, remedy: str) -> None:
    with pytest.raises(QuantityError) as caught:
        parse_quantity(text, kind)
    assert message in caught.value.message
    assert remedy in caught.value.remedy


FACTORS: dict[Kind, dict[str, Fraction]] = {
    CURRENT: {
        "A": Fraction(1),
        "mA": Fraction(1, 1000),
        "uA": Fraction(1, 10**6),
        "nA": Fraction(1, 10**9),
        "A/g": Fraction(1),
        "mA/g": Fraction(1, 1000),
        "mA/mg": Fraction(1),
        "A/kg": Fraction(1, 1000),
        "mA/cm2": Fraction(1, 1000),
        "C": Fraction(1),
    },
    VOLTAGE: {"V": Fraction(1), "mV": Fraction(1, 1000), "uV": Fraction(1, 10**6)},
    DURATION: {
        "s": Fraction(1),
        "ms": Fraction(1, 1000),
        "min": Fraction(60),
        "h": Fraction(3600),
        "d": Fraction(86400),
    },
    CAPACITY: {"Ah": Fraction(1), "mAh": Fraction(1, 1000), "A s": Fraction(1, 3600), "mAh/g": Fraction(1, 1000)},
}
WRITTEN = st.sampled_from([(kind, unit) for kind, units in FACTORS.items() for unit in units])


@settings(deadline=None)
@given(WRITTEN, st.integers(1, 10**7), st.integers(0, 6), st.sampled_from(["", " ", "\N{NO-BREAK SPACE}"]))
@example((CURRENT, "mA"), 42, 1, " ")
def test_units_agree_with_exact_arithmetic(written: tuple[Kind, str], digits: int, decimals: int, gap: str) -> None:
    kind, unit = written
    number = f"{digits:0{decimals + 1}d}"
    text = f"{number[:-decimals]}.{number[-decimals:]}" if decimals else number
    exact = Fraction(digits, 10**decimals) * FACTORS[kind][unit]
    assert math.isclose(parse_quantity(f"{text}{gap}{unit}", kind).value, float(exact), rel_tol=1e-15)


@settings(deadline=None)
@given(st.text(max_size=30), st.sampled_from(KINDS))
def test_any_text_is_a_finite_quantity_or_a_refusal(text: str, kind: Kind) -> None:
    _finite_or_refused(text, kind)


@settings(deadline=None)
@given(st.from_regex(r"[0-9.,eE+\-]{1,8} ?[A-Za-z0-9%/*^ \-]{0,8}", fullmatch=True), st.sampled_from(KINDS))
def test_text_near_a_quantity_is_a_finite_quantity_or_a_refusal(text: str, kind: Kind) -> None:
    _finite_or_refused(text, kind)


def _finite_or_refused(text: str, kind: Kind) -> None:
    try:
        outcome: float | str = parse_quantity(text, kind).value
    except QuantityError as error:
        outcome = error.remedy
    assert outcome if isinstance(outcome, str) else math.isfinite(outcome)
