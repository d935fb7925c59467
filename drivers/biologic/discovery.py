"""Which instruments BioLogic's finder can see on the network and on USB."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from drivers.biologic.library import load_library
from drivers.errors import Garbled, Unreachable

__all__ = ["FoundInstrument", "find_instruments", "read_finder_text"]

_CHARACTERS_MAX = 1 << 16
_BYTES_A_CHARACTER = 2
_FIELDS = 9


@dataclass(frozen=True, slots=True)
class FoundInstrument:
    """One instrument as blfind tells it (A11)."""

    connection: str
    """``Ethernet`` or ``USB``."""
    address: str
    """What the lab file takes: an IP address, or ``USB0``."""
    model: str
    serial: str
    name: str
    gateway: str = ""
    netmask: str = ""
    mac: str = ""


def find_instruments(library: str | None = None) -> tuple[FoundInstrument, ...]:
    """Ask blfind; takes some seconds on a network.

    ``library`` is as in the lab file; an import string has to name a stand-in for blfind. Raises Refused where the
    library cannot be loaded, Unreachable where it fails, Garbled for an answer that makes no sense.
    """
    find = load_library(library, "blfind").functions["BL_FindEChemDev"]
    find.restype, find.argtypes = ctypes.c_int32, [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    buffer = ctypes.create_string_buffer((_CHARACTERS_MAX + 1) * _BYTES_A_CHARACTER)
    size, count = ctypes.c_uint32(_CHARACTERS_MAX), ctypes.c_uint32()
    code = find(buffer, ctypes.byref(size), ctypes.byref(count))
    if code:
        raise Unreachable(f"BL_FindEChemDev failed ({code}): no instrument was looked for")
    length = min(size.value, _CHARACTERS_MAX) * _BYTES_A_CHARACTER
    found = read_finder_text(buffer.raw[:length])
    if len(found) != count.value:
        raise Garbled(
            f"blfind counts {count.value} instruments and describes {len(found)}", received=buffer.raw[:length]
        )
    return found


def read_finder_text(content: bytes) -> tuple[FoundInstrument, ...]:
    """Read blfind's serialisation: UTF-16LE, instruments end with ``%``, nine fields between ``$``. Raises Garbled."""
    try:
        text = content.decode("utf-16-le").split("\0")[0]
    except UnicodeDecodeError as error:
        raise Garbled("blfind's answer is no text", received=content) from error
    return tuple(_instrument(entry, content) for entry in text.split("%") if entry.strip())


def _instrument(entry: str, content: bytes) -> FoundInstrument:
    fields = [field.strip() for field in entry.split("$")]
    if len(fields) != _FIELDS:
        raise Garbled(f"blfind describes an instrument with {len(fields)} fields, not {_FIELDS}", received=content)
    connection, address, gateway, netmask, mac, _identifier, model, serial, name = fields
    if connection == "USB":
        address = f"USB{address}"
    return FoundInstrument(connection, address, model, serial, name, gateway, netmask, mac)
