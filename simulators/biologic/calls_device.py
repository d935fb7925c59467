"""Exported functions about the library, its connections and the chassis."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from simulators.biologic.arguments import integer, raw, selected, text, write, write_integer, write_text
from simulators.biologic.error_code import ErrorCode, message
from simulators.biologic.library import Library
from simulators.biologic.link import Link

__all__ = ["DEVICE_CALLS", "Call"]

Call = Callable[..., int]
"""Takes the library, then the arguments as they came; returns what the function returns, or raises EclibError."""

_VERSION = b"6.8.1.0"


def _lib_version(_: Library, version: object, size: object) -> int:
    write_text(version, size, _VERSION)
    return 0


def _error_message(_: Library, code: object, buffer: object, size: object) -> int:
    write_text(buffer, size, message(integer(code)).encode())
    return 0


def _connect(library: Library, address: object, timeout: object, identity: object, infos: object) -> int:
    library.timeout = float(max(1, integer(timeout)))
    link = Link(text(address), library.timeout)
    greeting = link.open()
    write(infos, greeting.body)
    write_integer(identity, library.add(link))
    return 0


def _disconnect(library: Library, identity: object) -> int:
    library.link(integer(identity)).close()
    del library.links[integer(identity)]
    return 0


def _test_connection(library: Library, identity: object) -> int:
    return int(library.call(integer(identity), "TestConnection").header["code"])


def _test_speed(library: Library, identity: object, channel: object, receiver: object, kernel: object) -> int:
    begin_s = time.perf_counter()
    reply = library.call(integer(identity), "TestCommSpeed", channel=integer(channel))
    took_ms = max(1, round((time.perf_counter() - begin_s) * 1000))
    write_integer(receiver, took_ms)
    write_integer(kernel, took_ms)
    return int(reply.header["code"])


def _no_usb(_: Library, *__: object) -> int:
    """Virtual instruments are on the network only."""
    return 0


def _is_plugged(library: Library, identity: object, channel: object) -> int:
    plugged = library.call(integer(identity), "GetChannelsPlugged").body
    return int(plugged[integer(channel)]) if integer(channel) < len(plugged) else 0


def _plugged(library: Library, identity: object, channels: object, length: object) -> int:
    reply = library.call(integer(identity), "GetChannelsPlugged")
    write(channels, reply.body[: integer(length)])
    return int(reply.header["code"])


def _load_firmware(
    library: Library,
    identity: object,
    channels: object,
    results: object,
    length: object,
    _gauge: object,
    force: object,
    _firmware_file: object,
    _fpga_file: object,
) -> int:
    return on_channels(library, identity, "LoadFirmware", channels, results, length, force=bool(integer(force)))


def on_channels(
    library: Library,
    identity: object,
    name: str,
    channels: object,
    results: object,
    length: object,
    *,
    force: bool = False,
) -> int:
    """Call the instrument about several channels and write the result of each to its place."""
    numbers = selected(channels, integer(length))
    reply = library.call(integer(identity), name, channels=numbers, force=force)
    values = dict(zip(numbers, reply.header.get("results", []), strict=False))
    if values:
        image = bytearray(raw(results, 4 * (max(values) + 1)))
        for number, value in values.items():
            image[4 * number : 4 * number + 4] = int(value).to_bytes(4, "little", signed=True)
        write(results, bytes(image))
    return int(reply.header["code"])


def _fails(_: Library, *__: object) -> int:
    """Answer of functions that nobody here needs."""
    return ErrorCode.FUNCTIONFAILED


_CALLS: Mapping[str, Call] = {
    "GetLibVersion": _lib_version,
    "GetErrorMsg": _error_message,
    "Connect": _connect,
    "Disconnect": _disconnect,
    "TestConnection": _test_connection,
    "TestCommSpeed": _test_speed,
    "GetUSBdeviceinfos": _no_usb,
    "IsChannelPlugged": _is_plugged,
    "GetChannelsPlugged": _plugged,
    "LoadFirmware": _load_firmware,
}
_UNNEEDED = (
    "GetVolumeSerialNumber",
    "LoadFlash",
    "GetFPGAVer",
    "IsModulePlugged",
    "GetModulesPlugged",
    "GetModuleInfos",
    "SendMsg",
    "SendMsgToRcvt",
    "SendMsgToRcvt_g",
    "SendEcalMsg",
    "SendEcalMsgGroup",
    "GetFCTData",
    "ReadParameters",
    "LoadTechnique_LV",
    "LoadTechnique_VEE",
    "UpdateParameters_LV",
    "UpdateParameters_VEE",
    "GetCurrentValuesBk",
    "GetDataBk",
    "GetData_LV",
    "GetData_VEE",
)
DEVICE_CALLS: Mapping[str, Call] = {**_CALLS, **dict.fromkeys(_UNNEEDED, _fails)}
