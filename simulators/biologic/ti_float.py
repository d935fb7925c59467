"""TI TMS320C3x single precision: how boards of types 1 and 2 write floats into their data buffers.

e = int8(bits 31-24), s = bit 23, f = bits 22-0; e = -128 is zero, else ((-2 if s else 1) + f 2^-23) 2^e. Found in a
real VSP-300 log: read so, column 12 of its spectrum is minus column 6, to a part in a million.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["ieee_from_ti", "ti_from_ieee"]

_ZERO = np.uint32(0x80000000)
_LARGEST = np.uint32(0x7F7FFFFF)
_LOWEST = np.uint32(0x7F800000)
_LEAST_EXPONENT, _GREATEST_EXPONENT = -127, 127


def ieee_from_ti(words: NDArray[np.uint32]) -> NDArray[np.float32]:
    """Decode words of any shape. Exact, but for the one magnitude 2^128 that float32 has not: that is infinite."""
    exponent = words.view(np.int32) >> 24
    fraction = (words & np.uint32(0x7FFFFF)).astype(np.float64) * 2.0**-23
    mantissa = np.where(words & np.uint32(0x800000), fraction - 2.0, fraction + 1.0)
    values = np.ldexp(mantissa, exponent)
    with np.errstate(over="ignore"):
        return np.where(exponent == -128, 0.0, values).astype(np.float32)


def ti_from_ieee(values: NDArray[Any]) -> NDArray[np.uint32]:
    """Encode values of any shape as float32. Exact for all normal numbers; smaller magnitudes are zero.

    The format has neither infinity nor NaN: infinities become the largest number of
    their sign, NaN becomes the largest.
    """
    singles = np.asarray(values, np.float32)
    bits = singles.view(np.uint32)
    negative = (bits >> np.uint32(31)).astype(bool)
    fraction = (bits & np.uint32(0x7FFFFF)).astype(np.int64)
    exponent = ((bits >> np.uint32(23)) & np.uint32(0xFF)).astype(np.int64) - 127
    # -(1 + f) 2^e = (-2 + (1 - f)) 2^e, and where f is zero (-2 + 0) 2^(e - 1)
    whole = negative & (fraction == 0)
    exponent = exponent - whole
    fraction = np.where(negative, np.where(whole, 0, (1 << 23) - fraction), fraction)
    words = ((exponent & 0xFF) << 24 | negative.astype(np.int64) << 23 | fraction).astype(np.uint32)
    words = np.where(exponent < _LEAST_EXPONENT, _ZERO, words)
    words = np.where(exponent > _GREATEST_EXPONENT, np.where(np.less(singles, 0), _LOWEST, _LARGEST), words)
    return np.where(np.isnan(singles) | (np.abs(singles) < np.finfo(np.float32).tiny), _special(singles), words)


def _special(singles: NDArray[np.float32]) -> NDArray[np.uint32]:
    return np.where(np.isnan(singles), _LARGEST, _ZERO)
