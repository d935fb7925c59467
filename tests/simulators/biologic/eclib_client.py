"""A client of the exported functions with structures of its own, as a C program would have them."""

import ctypes as c
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType

import numpy as np
import numpy.typing as npt

from simulators.biologic.eclib import VirtualEClib

Value = bool | int | float
Parameters = Mapping[str, Value | Sequence[Value]]


VALUES = (
    "state filled time_base ewe ewe_min ewe_max ece ece_min ece_max e_over i i_range i_over elapsed freq rcomp "
    "saturation opt_err opt_pos"
)


class Parameter(c.Structure):
    _fields_ = (("label", c.c_char * 64), ("kind", c.c_int32), ("word", c.c_uint32), ("index", c.c_int32))


class PackedParameters(c.Structure):
    _pack_ = 4
    _layout_ = "ms"
    _fields_ = (("length", c.c_int32), ("first", c.POINTER(Parameter)))


@dataclass
class Rows:
    technique_index: int
    technique_id: int
    process: int
    loop: int
    start_s: float
    skipped: int
    words: npt.NDArray[np.uint32]
    state: int
    filled_bytes: int
    time_base_s: float

    @property
    def ticks(self) -> npt.NDArray[np.int64]:
        return self.words[:, 0].astype(np.int64) << 32 | self.words[:, 1]

    @property
    def time_s(self) -> npt.NDArray[np.float64]:
        return self.start_s + self.time_base_s * self.ticks

    def single(self, column: int) -> npt.NDArray[np.float64]:
        return np.array([ti_reference(int(word)) for word in self.words[:, column]])


def ti_reference(word: int) -> float:
    """The definition of the format, one word at a time."""
    exponent = (word >> 24) - 256 if word >> 31 else word >> 24
    if exponent == -128:
        return 0.0
    mantissa = (word & 0x7FFFFF) / 2**23 + (-2 if word & 0x800000 else 1)
    return float(mantissa * 2.0**exponent)


class EclibClient:
    """``timeout_s`` is for what never comes: a virtual channel on a busy machine may compute for long first."""

    def __init__(self, port: int, timeout_s: int = 60) -> None:
        self.dll = VirtualEClib()
        self.address = f"127.0.0.1:{port}".encode()
        identity, self.device = c.c_int32(), (c.c_int32 * 11)()
        assert self.dll.BL_Connect(self.address, timeout_s, c.byref(identity), c.byref(self.device)) == 0
        self.id = identity.value

    def __enter__(self) -> "EclibClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.dll.close()

    def load_firmware(self, channels: Sequence[int], *, force: bool = False) -> tuple[int, dict[int, int]]:
        asked, results = (c.c_uint8 * 16)(*(number in channels for number in range(16))), (c.c_int32 * 16)()
        code = self.dll.BL_LoadFirmware(self.id, asked, results, 16, False, force, None, None)
        return code, {number: results[number] for number in channels}

    def packed(self, parameters: Parameters) -> PackedParameters:
        defined = []
        for label, given in parameters.items():
            values = given if isinstance(given, Sequence) else [given]
            for index, value in enumerate(values):
                parameter = Parameter()
                function = {bool: "Bool", int: "Int", float: "Sgl"}[type(value)]
                define = self.dll[f"BL_Define{function}Parameter"]
                assert define(label.encode(), value, index, c.byref(parameter)) == 0
                defined.append(parameter)
        array = (Parameter * len(defined))(*defined)
        packed = PackedParameters(len(defined), c.cast(array, c.POINTER(Parameter)))
        self._kept = array  # the DLL reads it during the call only
        return packed

    def load(
        self, channel: int, technique: str, parameters: Parameters, *, first: bool = True, last: bool = True
    ) -> int:
        file = f"C:\\OEM\\{technique}.ecc".encode()
        return int(self.dll.BL_LoadTechnique(self.id, channel, file, self.packed(parameters), first, last, False))

    def link(self, channel: int, *techniques: tuple[str, Parameters]) -> None:
        for place, (technique, parameters) in enumerate(techniques):
            last = place == len(techniques) - 1
            assert self.load(channel, technique, parameters, first=place == 0, last=last) == 0, self.message(channel)

    def update(self, channel: int, index: int, technique: str, parameters: Parameters) -> int:
        file = f"{technique}.ecc".encode()
        return int(self.dll.BL_UpdateParameters(self.id, channel, index, self.packed(parameters), file))

    def start(self, channel: int) -> int:
        return int(self.dll.BL_StartChannel(self.id, channel))

    def stop(self, channel: int) -> int:
        return int(self.dll.BL_StopChannel(self.id, channel))

    def values(self, channel: int) -> dict[str, float]:
        image = (c.c_uint8 * 76)()
        assert self.dll.BL_GetCurrentValues(self.id, channel, c.byref(image)) == 0
        return dict(zip(VALUES.split(), struct.unpack("<iifffffffifiifffiii", bytes(image)), strict=True))

    def infos(self, channel: int) -> tuple[int, list[int]]:
        image = (c.c_int32 * 21)()
        return int(self.dll.BL_GetChannelInfos(self.id, channel, c.byref(image))), list(image)

    def data(self, channel: int) -> Rows:
        buffer, infos, values = (c.c_uint32 * 1000)(), (c.c_uint8 * 48)(*[0xAA] * 48), (c.c_uint8 * 76)()
        code = self.dll.BL_GetData(self.id, channel, c.byref(buffer), c.byref(infos), c.byref(values))
        assert code == 0, code
        assert bytes(infos)[40:] == b"\xaa" * 8  # the DLL writes 40 bytes
        skipped, rows, columns, index, technique, process, loop, start_s, _ = struct.unpack("<7idi", bytes(infos)[:40])
        state, filled, time_base_s = struct.unpack_from("<iif", bytes(values))
        words = np.frombuffer(buffer, np.uint32)[: rows * columns].reshape(rows, columns).copy()
        return Rows(index, technique, process, loop, start_s, skipped, words, state, filled, time_base_s)

    def drain(self, channel: int) -> list[Rows]:
        segments = []
        while len((rows := self.data(channel)).words):
            segments.append(rows)
        return segments

    def message(self, channel: int) -> str:
        buffer, size = c.create_string_buffer(256), c.c_uint32(255)
        assert self.dll.BL_GetMessage(self.id, channel, buffer, c.byref(size)) == 0
        assert len(buffer.value) == size.value
        return buffer.value.decode()
