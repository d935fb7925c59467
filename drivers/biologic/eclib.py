"""EClib with types: every function that the driver calls, as a method that returns values and raises EclibError.

Not thread-safe, and any call may hang for ever: it lives in a process of its own (:mod:`drivers.biologic.child`).
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.biologic.error_codes import BUSY, ECLAB_LOADED, FIRMWARE_MISSING, EclibError
from drivers.biologic.library import Library
from drivers.biologic.structs import (
    ChannelInfos,
    CurrentValues,
    DataBuffer,
    DataInfos,
    DeviceInfos,
    EccParam,
    EccParams,
    ExperimentInfos,
    TechniqueInfos,
)
from drivers.biologic.technique_list import Parameter

__all__ = ["Eclib", "LoadedTechnique", "Reading"]

_CHANNELS_MAX = 16
_PARAMETERS_MAX = 4096
_TEXT_BYTES = 1024
_BUSY_TRIES, _BUSY_PAUSE_s = 4, 0.02
# unconfirmed on hardware: that whoever else is at the instrument is done by then
_id, _channel, _int = ctypes.c_int32, ctypes.c_uint8, ctypes.c_int32
_flag, _uint = ctypes.c_bool, ctypes.c_uint32
_text = ctypes.c_char_p
_pointer = ctypes.c_void_p

_ARGUMENTS: dict[str, Sequence[Any]] = {
    "GetLibVersion": (_pointer, _pointer),
    "Connect": (_text, ctypes.c_uint8, _pointer, _pointer),
    "Disconnect": (_id,),
    "LoadFirmware": (_id, _pointer, _pointer, ctypes.c_uint8, _flag, _flag, _text, _text),
    "GetChannelsPlugged": (_id, _pointer, ctypes.c_uint8),
    "GetChannelInfos": (_id, _channel, _pointer),
    "GetChannelBoardType": (_id, _channel, _pointer),
    "GetMessage": (_id, _channel, _pointer, _pointer),
    "GetOptErr": (_id, _channel, _pointer, _pointer),
    "LoadTechnique": (_id, _channel, _text, EccParams, _flag, _flag, _flag),
    "DefineBoolParameter": (_text, _flag, _int, _pointer),
    "DefineIntParameter": (_text, ctypes.c_int32, _int, _pointer),
    "DefineSglParameter": (_text, ctypes.c_float, _int, _pointer),
    "GetTechniqueInfos": (_id, _channel, _int, _pointer),
    "StartChannel": (_id, _channel),
    "StopChannel": (_id, _channel),
    "GetCurrentValues": (_id, _channel, _pointer),
    "GetData": (_id, _channel, _pointer, _pointer, _pointer),
    "ConvertNumericIntoSingle": (_uint, _pointer),
    "ConvertChannelNumericIntoSingle": (_uint, _pointer, _uint),
    "SetExperimentInfos": (_id, _channel, ExperimentInfos),
    "GetExperimentInfos": (_id, _channel, _pointer),
}
"""Argument types by name; all return int32. Structures that the function fills go by pointer."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one GetData returned: the structures' own bytes, and as many words as there are rows and columns."""

    infos: bytes
    values: bytes
    words: bytes
    rows: int


@dataclass(frozen=True, slots=True)
class LoadedTechnique:
    """What stands at a place of the list: technique id and raw words by label and index."""

    technique_id: int
    words: dict[tuple[str, int], int]


class Eclib:
    """One connection to one instrument. Channels count from 0, as the DLL counts them; kbio and users count from 1."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._functions: dict[str, Any] = {}
        self._id: int | None = None
        self._buffer, self._infos, self._values = DataBuffer(), DataInfos(), CurrentValues()

    # ---- the library and the chassis

    def version(self) -> str:
        """Return the library's own version."""
        buffer, size = _out()
        self._call("GetLibVersion", buffer, ctypes.byref(size))
        return _said(buffer)

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as this side knows."""
        return self._id is not None

    def connect(self, address: str, timeout: int) -> DeviceInfos:
        """Connect; the time-out, in whole seconds, is also that of later calls."""
        identity, infos = ctypes.c_int32(), DeviceInfos()
        self._call("Connect", address.encode("ascii", "replace"), timeout, ctypes.byref(identity), ctypes.byref(infos))
        self._id = identity.value
        return infos

    def disconnect(self) -> None:
        """Let go of the connection, whatever the library says."""
        if self._id is not None:
            identity, self._id = self._id, None
            self._function("Disconnect")(identity)

    def plugged(self) -> list[int]:
        """Return the channels that hold a board."""
        found = (ctypes.c_uint8 * _CHANNELS_MAX)()
        self._on_device("GetChannelsPlugged", ctypes.byref(found), _CHANNELS_MAX)
        return [number for number, plugged in enumerate(found) if plugged]

    def load_firmware(self, channel: int, *, force: bool) -> None:
        """Load the kernel of the board's type."""
        asked, results = (ctypes.c_uint8 * _CHANNELS_MAX)(), (ctypes.c_int32 * _CHANNELS_MAX)()
        asked[channel] = 1
        self._on_device(
            "LoadFirmware", ctypes.byref(asked), ctypes.byref(results), _CHANNELS_MAX, False, force, None, None
        )
        if results[channel]:
            raise EclibError("LoadFirmware", results[channel])

    # ---- one channel

    def channel_infos(self, channel: int) -> ChannelInfos:
        """Describe a channel. Without kernel the call fails, but fills the structure: that is no error here.

        # unconfirmed on hardware: that it is filled likewise where EC-Lab's firmware runs
        """
        infos = ChannelInfos()
        try:
            self._on_channel("GetChannelInfos", channel, ctypes.byref(infos))
        except EclibError as error:
            if error.code not in FIRMWARE_MISSING | {ECLAB_LOADED}:
                raise
        return infos

    def board_type(self, channel: int) -> int:
        """Return 1 Essential, 2 Premium (of a VSP-300), 3 Premium-P, or 0 where the library does not know."""
        found = ctypes.c_uint32()
        try:
            self._on_channel("GetChannelBoardType", channel, ctypes.byref(found))
        except AttributeError:  # libraries before 6.08 do not export it
            return 0
        return found.value

    def current_values(self, channel: int) -> CurrentValues:
        """Return the present state."""
        values = CurrentValues()
        self._patiently("GetCurrentValues", channel, ctypes.byref(values))
        return values

    def get_data(self, channel: int) -> Reading:
        """Take the oldest rows out of the channel's memory: they are not to be had again."""
        self._patiently(
            "GetData", channel, ctypes.byref(self._buffer), ctypes.byref(self._infos), ctypes.byref(self._values)
        )
        rows, columns = self._infos.NbRows, self._infos.NbCols
        if not (rows >= 0 and columns >= 0 and rows * columns <= len(self._buffer)):
            raise EclibError("GetData", -404, f"{rows} rows of {columns} columns in {len(self._buffer)} words")
        words = ctypes.string_at(self._buffer, rows * columns * 4)
        return Reading(bytes(self._infos), bytes(self._values), words, rows if columns else 0)

    def messages(self, channel: int, most: int = 100) -> list[str]:
        """Take the channel's messages, of which one call gives one."""
        found: list[str] = []
        while len(found) < most:
            buffer, size = _out()
            self._on_channel("GetMessage", channel, buffer, ctypes.byref(size))
            if not size.value or not (message := _said(buffer)):
                break
            found.append(message)
        return found

    def option_error(self, channel: int) -> tuple[int, int]:
        """Take the option error, code and position; the instrument forgets it."""
        code, position = ctypes.c_int32(), ctypes.c_int32()
        self._on_channel("GetOptErr", channel, ctypes.byref(code), ctypes.byref(position))
        return code.value, position.value

    def experiment(self, channel: int) -> str:
        """Return the experiment's file name."""
        infos = ExperimentInfos()
        self._on_channel("GetExperimentInfos", channel, ctypes.byref(infos))
        return bytes(infos.Filename).decode("utf-8", "replace")

    def set_experiment(self, channel: int, file_name: bytes) -> None:
        """Give the experiment a file name of at most 255 bytes."""
        self._on_channel("SetExperimentInfos", channel, ExperimentInfos(Filename=file_name[:255]))

    def start(self, channel: int) -> None:
        """Execute what is loaded."""
        self._on_channel("StartChannel", channel)

    def stop(self, channel: int) -> None:
        """Open circuit."""
        self._on_channel("StopChannel", channel)

    # ---- techniques

    def load_technique(
        self, channel: int, file: str, parameters: Sequence[Parameter], *, first: bool, last: bool
    ) -> None:
        """Add a technique to the list: ``first`` clears the list, ``last`` closes it."""
        array = (EccParam * len(parameters))(*map(self.define, parameters))
        packed = EccParams(len(parameters), ctypes.cast(array, ctypes.POINTER(EccParam)))
        path = str(self._library.folder / file) if self._library.folder is not None else file
        self._on_channel("LoadTechnique", channel, str(Path(path)).encode(), packed, first, last, False)

    def define(self, parameter: Parameter) -> EccParam:
        """Let the library fill a parameter.

        The index is that of the element: easy-biologic gives the place of the technique, so that in a linked list only
        the first technique has its parameters where they belong. Its integers for single parameters become int32.
        """
        label, value, index = parameter.label.encode("ascii"), parameter.value, parameter.index
        filled = EccParam()
        if isinstance(value, bool):
            self._call("DefineBoolParameter", label, value, index, ctypes.byref(filled))
        elif isinstance(value, int):
            self._call("DefineIntParameter", label, value, index, ctypes.byref(filled))
        else:
            self._call("DefineSglParameter", label, value, index, ctypes.byref(filled))
        return filled

    def loaded(self, channel: int, index: int) -> LoadedTechnique:
        """Return what the channel has at a place of its list."""
        infos = TechniqueInfos()
        self._on_channel("GetTechniqueInfos", channel, index, ctypes.byref(infos))
        words = {}
        for pointer, count in ((infos.Params, infos.nbParams), (infos.HardSettings, infos.nbSettings)):
            if count and not (pointer and 0 < count <= _PARAMETERS_MAX):
                raise EclibError("GetTechniqueInfos", -404, f"{count} parameters at {pointer!r}")
            for parameter in pointer[:count] if count else ():
                label = bytes(parameter.ParamStr).decode("ascii", "replace")
                words[label, int(parameter.ParamIndex)] = int(parameter.ParamVal)
        return LoadedTechnique(int(infos.Id), words)

    def single(self, word: int, board_type: int) -> float:
        """Let the library convert a word of a data buffer.

        The function that easy-biologic uses knows boards of types 1 and 2 only; it stands in where there is no other.
        """
        number = ctypes.c_float()
        try:
            self._call("ConvertChannelNumericIntoSingle", word, ctypes.byref(number), board_type)
        except AttributeError:
            self._call("ConvertNumericIntoSingle", word, ctypes.byref(number))
        return number.value

    # ---- inside

    def _patiently(self, name: str, channel: int, *arguments: object) -> None:
        """Ask again where another function was in progress: nothing was executed, and it is over in a moment."""
        for _ in range(_BUSY_TRIES - 1):
            try:
                return self._on_channel(name, channel, *arguments)
            except EclibError as error:
                if error.code != BUSY:
                    raise
            time.sleep(_BUSY_PAUSE_s)
        return self._on_channel(name, channel, *arguments)

    def _on_channel(self, name: str, channel: int, *arguments: object) -> None:
        self._on_device(name, channel, *arguments)

    def _on_device(self, name: str, *arguments: object) -> None:
        if self._id is None:
            raise EclibError(name, -1)
        self._call(name, self._id, *arguments)

    def _call(self, name: str, *arguments: object) -> None:
        code = self._function(name)(*arguments)
        if code:
            raise EclibError(name, code)

    def _function(self, name: str) -> Any:
        """Look a function up once; raises AttributeError where this version of the library has none."""
        if name not in self._functions:
            function = self._library.functions[f"BL_{name}"]
            function.restype, function.argtypes = ctypes.c_int32, list(_ARGUMENTS[name])
            self._functions[name] = function
        return self._functions[name]


def _out() -> tuple[ctypes.Array[ctypes.c_char], ctypes.c_uint32]:
    return ctypes.create_string_buffer(_TEXT_BYTES), ctypes.c_uint32(_TEXT_BYTES - 1)


def _said(buffer: ctypes.Array[ctypes.c_char]) -> str:
    return buffer.value.decode("ascii", "replace").strip()
