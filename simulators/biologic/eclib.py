"""Stand-ins for EClib64.dll and blfind64.dll at the ctypes boundary: thin clients of virtual instruments over TCP."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.biologic.blfind import FINDER_CALLS
from simulators.biologic.calls_channel import CHANNEL_CALLS
from simulators.biologic.calls_conversion import CONVERSION_CALLS
from simulators.biologic.calls_device import DEVICE_CALLS, Call
from simulators.biologic.exported_function import ExportedFunction
from simulators.biologic.library import Library

__all__ = ["VirtualBlFind", "VirtualEClib"]

_PREFIX = "BL_"
_YES_OR_NO = {"IsChannelPlugged", "IsModulePlugged", "GetUSBdeviceinfos"}


class _Exports:
    """``dll["BL_X"]`` and ``dll.BL_X``; anything else is an AttributeError, as with ctypes."""

    def __init__(self, calls: Mapping[str, Call], addresses: tuple[str, ...]) -> None:
        self._calls = calls
        self._library = Library(addresses)

    def __getitem__(self, name: str) -> ExportedFunction:
        """Return a new function object, as ctypes does."""
        call = self._calls.get(name.removeprefix(_PREFIX)) if name.startswith(_PREFIX) else None
        if call is None:
            raise AttributeError(f"function {name!r} not found")
        own = name.removeprefix(_PREFIX)
        return ExportedFunction(
            name,
            self._library,
            call,
            takes_mutex=own not in CONVERSION_CALLS,
            fails_with=0 if own in _YES_OR_NO else None,
        )

    def __getattr__(self, name: str) -> ExportedFunction:
        if name.startswith("__"):
            raise AttributeError(name)
        function = self[name]
        setattr(self, name, function)
        return function

    def close(self) -> None:
        """Drop every connection, as unloading the library does."""
        self._library.close()


class VirtualEClib(_Exports):
    """EClib64.dll 6.8. An instrument's address is that of its port in the lab: ``BL_Connect(b"127.0.0.1:7503", ...)``.

    ``path`` is what the DLL would be loaded from; nothing is read there.
    """

    def __init__(self, path: str = "EClib64.dll", addresses: tuple[str, ...] = ()) -> None:
        super().__init__({**DEVICE_CALLS, **CHANNEL_CALLS, **CONVERSION_CALLS}, addresses)
        self.path = path


class VirtualBlFind(_Exports):
    """blfind64.dll 1.18: finds the instruments at these addresses, if they answer."""

    def __init__(self, path: str = "blfind64.dll", addresses: tuple[str, ...] = ()) -> None:
        super().__init__(FINDER_CALLS, addresses)
        self.path = path
