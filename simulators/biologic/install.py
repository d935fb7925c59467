"""Giving ``ctypes.WinDLL`` to clients that were written for Windows, such as easy-biologic."""

from __future__ import annotations

import ctypes
import importlib
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PureWindowsPath
from types import ModuleType

from simulators.biologic.eclib import VirtualBlFind, VirtualEClib

__all__ = ["import_on_virtual_windows", "virtual_windll"]


@contextmanager
def virtual_windll(*addresses: str) -> Iterator[None]:
    """Let ``ctypes.WinDLL(path)`` load stand-ins, whose finder finds the instruments at these addresses."""

    def load(path: str, *_: object, **__: object) -> VirtualEClib | VirtualBlFind:
        finder = PureWindowsPath(path).name.lower().startswith("blfind")
        return VirtualBlFind(path, addresses) if finder else VirtualEClib(path, addresses)

    missing = object()
    before = getattr(ctypes, "WinDLL", missing)
    ctypes.WinDLL = load  # type: ignore[attr-defined]
    try:
        yield
    finally:
        if before is missing:
            del ctypes.WinDLL  # type: ignore[attr-defined]
        else:
            ctypes.WinDLL = before  # type: ignore[attr-defined]


def import_on_virtual_windows(name: str, *addresses: str) -> ModuleType:
    """Import a client that loads its DLL at import and refuses any system but Windows, which it sees only meanwhile."""
    real = platform.system
    with virtual_windll(*addresses):
        platform.system = lambda: "Windows"
        try:
            return importlib.import_module(name)
        finally:
            platform.system = real
