"""The structures of EClib as the DLL has them: packed to 4 bytes, little endian."""

from __future__ import annotations

import ctypes
from typing import ClassVar

__all__ = [
    "BUFFER_WORDS",
    "PARAMETER_IMAGE_BYTES",
    "ChannelInfos",
    "CurrentValues",
    "DataInfos",
    "DeviceInfos",
    "EccParam",
    "ExperimentInfos",
    "HardwareConf",
    "TechniqueInfos",
]

BUFFER_WORDS = 1000
"""Of the data buffer that GetData fills."""


class _Packed(ctypes.LittleEndianStructure):
    _pack_ = 4
    _layout_ = "ms"  # said by name, as newer Python versions want it with _pack_


def _integers(names: str) -> list[tuple[str, type[ctypes.c_int32]]]:
    return [(name, ctypes.c_int32) for name in names.split()]


class DeviceInfos(_Packed):
    """44 bytes about the chassis."""

    _fields_: ClassVar = _integers(
        "DeviceCode RAMSize CPU NumberOfChannels NumberOfSlots FirmwareVersion FirmwareDate_yyyy FirmwareDate_mm "
        "FirmwareDate_dd HTdisplayOn NbOfConnectedPC"
    )


class ChannelInfos(_Packed):
    """84 bytes about a channel; headers before 6.08 end after 76, at NbOfTechniques."""

    _fields_: ClassVar = _integers(
        "Channel BoardVersion BoardSerialNumber FirmwareCode FirmwareVersion XilinxVersion AmpCode NbAmps Lcboard "
        "Zboard Reserved1 Reserved2 MemSize MemFilled State MaxIRange MinIRange MaxBandwidth NbOfTechniques "
        "FloatFormat CPUCIE"
    )


class CurrentValues(_Packed):
    """76 bytes of a channel's present state; its floats are IEEE on every board."""

    _fields_: ClassVar = [
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
    """40 bytes about the rows of a data buffer; StartTime stands at 28, unaligned."""

    _fields_: ClassVar = [
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
    """76 bytes: one parameter, or one element of one."""

    _fields_: ClassVar = [
        ("ParamStr", ctypes.c_char * 64),
        ("ParamType", ctypes.c_int32),
        ("ParamVal", ctypes.c_uint32),
        ("ParamIndex", ctypes.c_int32),
    ]


PARAMETER_IMAGE_BYTES = ctypes.sizeof(EccParam)


class HardwareConf(_Packed):
    """8 bytes: Conn 0 standard, 1 CE to ground, 2 WE to ground, 3 high voltage; Ground 0 grounded, 1 floating."""

    _fields_: ClassVar = [("Conn", ctypes.c_int32), ("Ground", ctypes.c_int32)]


class TechniqueInfos(_Packed):
    """What is loaded; both arrays belong to the library."""

    _fields_: ClassVar = [
        ("Id", ctypes.c_int32),
        ("indx", ctypes.c_int32),
        ("nbParams", ctypes.c_int32),
        ("nbSettings", ctypes.c_int32),
        ("Params", ctypes.POINTER(EccParam)),
        ("HardSettings", ctypes.POINTER(EccParam)),
    ]


class ExperimentInfos(_Packed):
    """What the user calls the experiment; EClib only keeps it."""

    _fields_: ClassVar = [
        ("Group", ctypes.c_int32),
        ("PCidentifier", ctypes.c_int32),
        ("TimeHMS", ctypes.c_int32),
        ("TimeYMD", ctypes.c_int32),
        ("Filename", ctypes.c_char * 256),
    ]
