"""Floats of the data buffer: TI TMS320C3x singles on boards of types 1 and 2, IEEE-754 on those of type 3.

TI: e = int8(bits 31-24), s = bit 23, f = bits 22-0; e = -128 is zero, else ((-2 if s else 1) + f 2^-23) 2^e. Found in
a real VSP-300 log: read so, column 12 of its spectrum is minus column 6 in every row.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["PREMIUM_P", "singles"]

PREMIUM_P = 3
"""Board type whose floats are IEEE-754."""

_EXPONENT_AT, _BESIDE = 24, 8
_IMPLIED = np.int32(1 << 23)
_SCALE = np.ldexp(1.0, np.arange(256, dtype=np.uint8).view(np.int8).astype(np.int64) - 23)
_SCALE[0x80] = 0.0
"""What a mantissa of 24 bits is multiplied with, by the exponent's byte; -128 is zero whatever the mantissa."""


def singles(words: npt.NDArray[np.uint32], board_type: int) -> npt.NDArray[np.float64]:
    """Return the values of words of any shape, exactly: TI has one magnitude, 2^128, that float32 has not.

    TI knows no NaN and no infinity; an overflow is its largest number.
    """
    if board_type == PREMIUM_P:
        return np.ascontiguousarray(words, np.uint32).view(np.float32).astype(np.float64)
    whole = np.ascontiguousarray(words, np.uint32)
    # sign bit and fraction are a number of 24 bits in two's complement; the implied bit is the opposite of the sign
    mantissa = whole.view(np.int32) << _BESIDE
    mantissa >>= _BESIDE
    mantissa ^= _IMPLIED
    return np.asarray(mantissa * _SCALE.take(whole >> _EXPONENT_AT))
