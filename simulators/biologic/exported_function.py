"""One exported function as ctypes shows it."""

from __future__ import annotations

import ctypes
from typing import Any

from simulators.biologic.calls_device import Call
from simulators.biologic.error_code import EclibError
from simulators.biologic.library import Library

__all__ = ["ExportedFunction"]


class ExportedFunction:
    """Has ``__name__``, and settable ``restype`` and ``argtypes``; restype may be a type, None or any callable."""

    def __init__(self, name: str, library: Library, call: Call, *, takes_mutex: bool, fails_with: int | None) -> None:
        self.__name__ = name
        self.restype: Any = ctypes.c_int
        self.argtypes: Any = None
        self._library = library
        self._call = call
        self._takes_mutex = takes_mutex
        self._fails_with = fails_with
        """What is returned instead of an error code, by functions that answer yes or no."""

    def __call__(self, *arguments: object) -> Any:
        """Call; nothing of the arguments is kept."""
        result = self._result(arguments)
        if self.restype is None:
            return None
        converted = self.restype(result)
        return getattr(converted, "value", converted)  # ctypes unwraps simple types

    def _result(self, arguments: tuple[object, ...]) -> int:
        try:
            if not self._takes_mutex:
                return self._call(self._library, *arguments)
            with self._library.taken():
                return self._call(self._library, *arguments)
        except EclibError as error:
            return int(error.code) if self._fails_with is None else self._fails_with
