"""Floats of the data buffer against a reference that reads one word at a time, in float32."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.biologic.word_floats import singles

_WORDS = st.integers(0, 2**32 - 1)


def reference(word: int) -> float:
    """The definition: e = int8(bits 31-24), s = bit 23, f = bits 22-0."""
    exponent = struct.unpack("b", struct.pack("B", word >> 24))[0]
    if exponent == -128:
        return 0.0
    mantissa = np.float32(word & 0x7FFFFF) * np.float32(2.0**-23) + np.float32(-2 if word & 0x800000 else 1)
    return math.ldexp(float(np.float32(mantissa)), exponent)


def encoded(value: float) -> int:
    """As a board writes it: an independent encoder, for normal float32."""
    if not value:
        return 0x80000000
    mantissa, exponent = math.frexp(value)
    mantissa, exponent = 2 * mantissa, exponent - 1
    if mantissa == -1.0:
        mantissa, exponent = -2.0, exponent - 1
    fraction = round((mantissa + (2 if mantissa < 0 else -1)) * 2**23)
    return (exponent & 0xFF) << 24 | (mantissa < 0) << 23 | fraction


@given(st.lists(_WORDS, min_size=1, max_size=50))
def test_any_words_are_what_the_definition_says(words: list[int]) -> None:
    assert singles(np.array(words, np.uint32), 2).tolist() == [reference(word) for word in words]


@given(st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False, allow_subnormal=False), min_size=1))
def test_every_normal_float32_comes_through_exactly(values: list[float]) -> None:
    kept = [value for value in values if abs(value) < 2.0**127] or [0.0]
    words = np.array([encoded(value) for value in kept], np.uint32)
    np.testing.assert_array_equal(singles(words, 1), kept)


@given(st.lists(st.floats(width=32), min_size=1))
def test_a_premium_p_board_writes_ieee(values: list[float]) -> None:
    words = np.array(values, np.float32).view(np.uint32)
    np.testing.assert_array_equal(singles(words, 3), np.array(values, np.float32).astype(float))


@pytest.mark.parametrize(
    ("word", "value"), [(0x80000000, 0.0), (0x01000000, 2.0), (0x00000000, 1.0), (0xFF800000, -1.0), (0x00800000, -2.0)]
)
def test_words_seen_in_a_real_log_and_by_the_definition(word: int, value: float) -> None:
    assert singles(np.array([word], np.uint32), 2).tolist() == [value]


def test_column_12_of_a_real_spectrum_is_minus_the_current() -> None:
    """VSP-300 log in easy-biologic's tests: dumped as integers, the current beside it."""
    dumped = np.array([3901079382, 3901344259, 3901997232, 3924263193, 3902644956], np.uint32)
    current_A = [1.1653293796598518e-07, 1.1465086657835855e-07, 1.1001120725495639e-07]
    np.testing.assert_allclose(singles(dumped, 2)[:3], [-value for value in current_A], rtol=1e-6)


def test_shape_is_kept_whatever_the_layout() -> None:
    words = np.arange(3 * 5, dtype=np.uint32).reshape(3, 5)
    assert singles(words[:, 2:4], 2).shape == (3, 2)
    assert singles(words[:, 2:4], 3).shape == (3, 2)
