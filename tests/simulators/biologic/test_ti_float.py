"""TI floats against their definition, word by word, and against float32 as Python's struct has it."""

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.biologic.ti_float import ieee_from_ti, ti_from_ieee
from tests.simulators.biologic.eclib_client import ti_reference

SMALLEST_NORMAL = 2.0**-126


def decode(word: int) -> float:
    return float(ieee_from_ti(np.array([word], np.uint32))[0])


def encode(value: float) -> int:
    return int(ti_from_ieee(np.array([value], np.float32))[0])


def single(value: float) -> float:
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


@given(st.integers(0, 2**32 - 1))
def test_decodes_every_word_as_defined(word: int) -> None:
    expected = ti_reference(word)
    if abs(expected) >= 2.0**128:
        assert decode(word) == -math.inf
    elif abs(expected) >= SMALLEST_NORMAL:
        assert decode(word) == expected
    else:  # float32 is coarser there than the format
        assert decode(word) == pytest.approx(expected, abs=2.0**-149)


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_what_is_encoded_decodes_as_it_was(value: float) -> None:
    if abs(value) < SMALLEST_NORMAL:
        assert decode(encode(value)) == 0
    else:
        assert ti_reference(encode(value)) == single(value) == decode(encode(value))


@pytest.mark.parametrize(
    ("word", "value"),
    [(0x80000000, 0.0), (0x01000000, 2.0), (0x00000000, 1.0), (0xFF800000, -1.0), (0x00800000, -2.0)],
)
def test_words_that_are_known(word: int, value: float) -> None:
    assert decode(word) == value
    assert encode(value) == word


def test_there_is_neither_infinity_nor_nan() -> None:
    words = ti_from_ieee(np.array([np.inf, -np.inf, np.nan], np.float32))
    assert [hex(word) for word in words] == ["0x7f7fffff", "0x7f800000", "0x7f7fffff"]


# (current, the word that stood twelve columns on) of three points of a real VSP-300 spectrum
REAL = [(1.1653293796598518e-07, 3901079382), (1.4202265674612136e-07, 3924263193), (9.63707762480226e-08, 3903916936)]


@pytest.mark.parametrize(("current", "word"), REAL)
def test_a_real_log_has_minus_the_current_in_column_twelve(current: float, word: int) -> None:
    assert decode(word) == pytest.approx(-current, rel=2e-6)
    assert encode(decode(word)) == word
