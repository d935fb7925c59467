"""Arguments as ctypes clients pass them, read and written the way a DLL would.

``byref(x)``, pointers, arrays, structures, simple instances and plain Python values all come; easy-biologic passes
structures and byref objects, kbio also immutable ``bytes`` as output buffers.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from simulators.biologic.error_code import EclibError, ErrorCode
from simulators.biologic.structs import PARAMETER_IMAGE_BYTES

__all__ = ["integer", "number", "parameter_images", "raw", "selected", "text", "write", "write_integer", "write_text"]

_MOST_PARAMETERS = 4096
_POINTER = ctypes._Pointer  # noqa: SLF001 - ctypes has no other name for what all pointers are
_SIMPLE = ctypes._SimpleCData  # noqa: SLF001 - nor for what all numbers are


def _target(argument: object) -> object:
    """Return the object that an argument refers to; None for a null pointer."""
    if argument is None:
        return None
    referred = getattr(argument, "_obj", None)  # of byref()
    if referred is not None:
        return _target(referred) if isinstance(referred, _POINTER) else referred
    if isinstance(argument, _POINTER):
        try:
            return argument.contents
        except ValueError:  # a null pointer
            return None
    if isinstance(argument, ctypes.c_void_p) and not argument.value:
        return None
    return argument


def integer(argument: object) -> int:
    """Read a number passed by value; of an array passed in its place, the lowest byte of its address."""
    if isinstance(argument, ctypes.Array):
        return ctypes.addressof(argument) & 0xFF
    value = getattr(argument, "value", argument)
    if isinstance(value, (int, float)):
        return int(value)
    raise EclibError(ErrorCode.INVALIDPARAMETERS)


def number(argument: object) -> float:
    """Read a float passed by value."""
    value = getattr(argument, "value", argument)
    if isinstance(value, (int, float)):
        return float(value)
    raise EclibError(ErrorCode.INVALIDPARAMETERS)


def text(argument: object) -> str:
    """Read a NUL-terminated string; empty for a null pointer."""
    target = _target(argument)
    if target is None:
        return ""
    if isinstance(target, str):
        return target
    if isinstance(target, (bytes, bytearray)):
        content = bytes(target)
    elif isinstance(target, ctypes.c_void_p):
        content = ctypes.string_at(target.value or 0)
    else:
        value = getattr(target, "value", target)
        content = value if isinstance(value, bytes) else bytes(target)  # type: ignore[call-overload]
    return content.split(b"\0")[0].decode("ascii", "replace")


def raw(argument: object, size: int) -> bytes:
    """Read a structure passed by value or by reference."""
    target = _target(argument)
    image = bytes(target) if target is not None else b""  # type: ignore[call-overload]
    if len(image) < size:
        raise EclibError(ErrorCode.INVALIDPARAMETERS)
    return bytes(image[:size])


def write(argument: object, data: bytes) -> None:
    """Write into the caller's memory, as much as there is room for; nothing for a null pointer."""
    target = _target(argument)
    if target is None:
        return
    if isinstance(target, bytes):
        ctypes.memmove(ctypes.c_char_p(target), data, min(len(data), len(target)))
    elif isinstance(target, bytearray):
        target[: len(data)] = data[: len(target)]
    elif isinstance(target, (ctypes.Structure, ctypes.Array, _SIMPLE)):
        ctypes.memmove(ctypes.addressof(target), data, min(len(data), ctypes.sizeof(target)))
    else:
        raise EclibError(ErrorCode.INVALIDPARAMETERS)


def write_integer(argument: object, value: int) -> None:
    """Write an int32 or uint32."""
    write(argument, (value & 0xFFFFFFFF).to_bytes(4, "little"))


def write_text(buffer: object, size: object, content: bytes, terminator: bytes = b"\0", unit: int = 1) -> None:
    """Write a string into a buffer of the capacity that ``size`` says, in characters, and its length into ``size``."""
    capacity = getattr(_target(size), "value", None)
    kept = content if not capacity else content[: int(capacity) * unit]
    write(buffer, kept + terminator)
    write_integer(size, len(kept) // unit)


def selected(channels: object, length: int) -> list[int]:
    """Indices of the channels whose byte is not zero."""
    target = _target(channels)
    if not isinstance(target, (ctypes.Array, Sequence)):
        raise EclibError(ErrorCode.INVALIDPARAMETERS)
    return [index for index in range(min(length, len(target))) if target[index]]


def parameter_images(parameters: object) -> bytes:
    """Read EccParams: a count, and at offset 4 a pointer to so many EccParam."""
    target = _target(parameters)
    size = 4 + ctypes.sizeof(ctypes.c_void_p)
    if not isinstance(target, ctypes.Structure) or ctypes.sizeof(target) != size:
        raise EclibError(ErrorCode.INVALIDPARAMETERS, "EccParams is not packed to 4 bytes")
    image = bytes(target)
    count, address = int.from_bytes(image[:4], "little"), int.from_bytes(image[4:], "little")
    if count == 0:
        return b""
    if count > _MOST_PARAMETERS or not address:
        raise EclibError(ErrorCode.INVALIDPARAMETERS)
    return ctypes.string_at(address, count * PARAMETER_IMAGE_BYTES)
