"""The structures of EClib as its DLL has them: packed to 4 bytes, little endian; sizes as in A4 of the contract."""

from __future__ import annotations

import ctypes
from typing import Any, ClassVar

__all__ = [
    "BUFFER_WORDS",
    "ChannelInfos",
    "CurrentValues",
    "DataBuffer",
    "DataInfos",
    "DeviceInfos",
    "EccParam",
    "EccParams",
    "ExperimentInfos",
    "TechniqueInfos",
]

BUFFER_WORDS = 1000
"""Of the buffer that one GetData fills."""

DataBuffer = ctypes.c_uint32 * BUFFER_WORDS


class _Packed(ctypes.LittleEndianStructure):
    _pack_ = 4
    _layout_ = "ms"  # said by name, as newer Python versions want it with _pack_


def _integers(names: str) -> list[tuple[str, type[ctypes.c_int32]]]:
    return [(name, ctypes.c_int32) for name in names.split()]


class DeviceInfos(_Packed):
    """44 bytes about the chassis."""

    _fields_: ClassVar[list[Any]] = _integers(
        "DeviceCode RAMSize CPU NumberOfChannels NumberOfSlots FirmwareVersion FirmwareDate_yyyy FirmwareDate_mm "
        "FirmwareDate_dd HTdisplayOn NbOfConnectedPC"
    )


class ChannelInfos(_Packed):
    """About a channel, in bytes: 76 in older headers, 84 in newer ones; 128 here.

    easy-biologic gives the DLL 76 bytes, which newer versions may write beyond: the rest is room.
    """

    _fields_: ClassVar[list[Any]] = [
        *_integers(
            "Channel BoardVersion BoardSerialNumber FirmwareCode FirmwareVersion XilinxVersion AmpCode NbAmps Lcboard "
            "Zboard Reserved1 Reserved2 MemSize MemFilled State MaxIRange MinIRange MaxBandwidth NbOfTechniques "
            "FloatFormat CPUCIE"
        ),
        ("Room", ctypes.c_uint8 * 44),
    ]


class CurrentValues(_Packed):
    """76 bytes of a channel's present state; its floats are IEEE on every board."""

    _fields_: ClassVar[list[Any]] = [
        ("State", ctypes.c_int32),
        ("MemFilled", ctypes.c_int32),
        ("TimeBase", ctypes.c_float),
        ("Ewe", ctypes.c_float),
        ("EweRangeMin", ctypes.c_float),
        ("EweRangeMax", ctypes.c_float),
        ("Ece", ctypes.c_float),
        ("EceRangeMin", ctypes.c_float),
        ("EceRangeMax", ctypes.c_float),
        ("Eoverflow", ctypes.c_int32),
        ("I", ctypes.c_float),
        ("IRange", ctypes.c_int32),
        ("Ioverflow", ctypes.c_int32),
        ("ElapsedTime", ctypes.c_float),
        ("Freq", ctypes.c_float),
        ("Rcomp", ctypes.c_float),
        ("Saturation", ctypes.c_int32),
        ("OptErr", ctypes.c_int32),
        ("OptPos", ctypes.c_int32),
    ]


class DataInfos(_Packed):
    """40 bytes about the rows of a buffer, StartTime at 28.

    easy-biologic's class is not packed: it reads StartTime at 32, and linked techniques lose their start time.
    """

    _fields_: ClassVar[list[Any]] = [
        ("IRQskipped", ctypes.c_int32),
        ("NbRows", ctypes.c_int32),
        ("NbCols", ctypes.c_int32),
        ("TechniqueIndex", ctypes.c_int32),
        ("TechniqueID", ctypes.c_int32),
        ("ProcessIndex", ctypes.c_int32),
        ("loop", ctypes.c_int32),
        ("StartTime", ctypes.c_double),
        ("MuxPad", ctypes.c_int32),
    ]


class EccParam(_Packed):
    """76 bytes: one parameter, or one element of one. Types: 0 int32, 1 bool, 2 single."""

    _fields_: ClassVar[list[Any]] = [
        ("ParamStr", ctypes.c_char * 64),
        ("ParamType", ctypes.c_int32),
        ("ParamVal", ctypes.c_uint32),
        ("ParamIndex", ctypes.c_int32),
    ]


class EccParams(_Packed):
    """12 bytes on 64 bit: a count, and a pointer at offset 4. Passed by value."""

    _fields_: ClassVar[list[Any]] = [("len", ctypes.c_int32), ("pParams", ctypes.POINTER(EccParam))]


class TechniqueInfos(_Packed):
    """What is loaded at a place of the list.

    # unconfirmed on hardware: that both arrays belong to the library, and how long they live
    """

    _fields_: ClassVar[list[Any]] = [
        ("Id", ctypes.c_int32),
        ("indx", ctypes.c_int32),
        ("nbParams", ctypes.c_int32),
        ("nbSettings", ctypes.c_int32),
        ("Params", ctypes.POINTER(EccParam)),
        ("HardSettings", ctypes.POINTER(EccParam)),
    ]


class ExperimentInfos(_Packed):
    """What a client calls the experiment; EClib only keeps it."""

    _fields_: ClassVar[list[Any]] = [
        ("Group", ctypes.c_int32),
        ("PCidentifier", ctypes.c_int32),
        ("TimeHMS", ctypes.c_int32),
        ("TimeYMD", ctypes.c_int32),
        ("Filename", ctypes.c_char * 256),
    ]
