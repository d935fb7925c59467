"""Exported functions that only compute: parameters into structures, words into numbers."""

from __future__ import annotations

import struct
from collections.abc import Mapping

import numpy as np

from simulators.biologic.arguments import integer, number, raw, text, write
from simulators.biologic.calls_device import Call
from simulators.biologic.library import Library
from simulators.biologic.structs import EccParam
from simulators.biologic.ti_float import ieee_from_ti

__all__ = ["CONVERSION_CALLS"]

_INT, _BOOL, _SINGLE = 0, 1, 2
_DIGITAL_BOARD = 3


def _define(label: object, kind: int, word: bytes, index: object, parameter: object) -> int:
    filled = EccParam(text(label).encode(), kind, int.from_bytes(word, "little"), integer(index))
    write(parameter, bytes(filled))
    return 0


def _define_bool(_: Library, label: object, value: object, index: object, parameter: object) -> int:
    return _define(label, _BOOL, struct.pack("<i", bool(integer(value))), index, parameter)


def _define_int(_: Library, label: object, value: object, index: object, parameter: object) -> int:
    return _define(label, _INT, struct.pack("<i", integer(value)), index, parameter)


def _define_single(_: Library, label: object, value: object, index: object, parameter: object) -> int:
    return _define(label, _SINGLE, struct.pack("<f", number(value)), index, parameter)


def _single(word: object) -> bytes:
    return struct.pack("<f", float(ieee_from_ti(np.array([integer(word) & 0xFFFFFFFF], np.uint32))[0]))


def _into_single(_: Library, word: object, single: object) -> int:
    """Decode a word of a board of type 1 or 2: EClib keeps the function for old clients, which know no others."""
    write(single, _single(word))
    return 0


def _channel_into_single(_: Library, word: object, single: object, board_type: object) -> int:
    if integer(board_type) == _DIGITAL_BOARD:
        write(single, struct.pack("<I", integer(word) & 0xFFFFFFFF))
    else:
        write(single, _single(word))
    return 0


def _ticks(words: object) -> int:
    high, low = struct.unpack("<II", raw(words, 8))
    return int(high << 32 | low)


def _into_seconds(_: Library, words: object, seconds: object, time_base: object, _board_type: object) -> int:
    write(seconds, struct.pack("<d", _ticks(words) * number(time_base)))
    return 0


def _into_time_bases(_: Library, words: object, ticks: object, *_rest: object) -> int:
    """Write the whole count as a double.

    # unconfirmed on hardware: the function's arguments
    """
    write(ticks, struct.pack("<d", float(_ticks(words))))
    return 0


CONVERSION_CALLS: Mapping[str, Call] = {
    "DefineBoolParameter": _define_bool,
    "DefineIntParameter": _define_int,
    "DefineSglParameter": _define_single,
    "ConvertNumericIntoSingle": _into_single,
    "ConvertNumericIntoFloat": _into_single,
    "ConvertChannelNumericIntoSingle": _channel_into_single,
    "ConvertTimeChannelNumericIntoSeconds": _into_seconds,
    "ConvertTimeChannelNumericIntoTimebases": _into_time_bases,
}
"""They take no mutex, having nothing to protect."""
