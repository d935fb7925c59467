"""A stand-in for blfind: finds the virtual instruments that it was told of."""

from __future__ import annotations

from collections.abc import Mapping

from simulators.biologic.arguments import text, write_integer, write_text
from simulators.biologic.calls_device import DEVICE_CALLS, Call
from simulators.biologic.error_code import EclibError
from simulators.biologic.library import Library
from simulators.biologic.link import Link
from simulators.biologic.wire import Frame

__all__ = ["FINDER_CALLS"]

_UNKNOWN, _CFG_MODIFY, _IP_FORMAT, _NM_FORMAT, _GW_FORMAT = -1, -30, -33, -34, -35
_TIMEOUT_s = 1.0
_CHARACTER_BYTES = 2


def _entry(address: str) -> str:
    """Describe an instrument in blfind's nine fields; raises EclibError where it does not answer."""
    link = Link(address, _TIMEOUT_s)
    try:
        link.open()
        identity = link.call(Frame({"call": "Identity"})).header
    finally:
        link.close()
    fields = ["Ethernet", address, "127.0.0.1", "255.0.0.0", "00:14:D8:00:00:00", "virtual", identity["kind"]]
    return "$".join([*fields, str(identity["serial"]), "lab"]) + "%"


def _find(library: Library, buffer: object, size: object, count: object) -> int:
    entries = []
    for address in library.addresses:
        try:
            entries.append(_entry(address))
        except EclibError:  # switched off: not found, as on a real network
            continue
    write_text(buffer, size, "".join(entries).encode("utf-16-le"), b"\0\0", _CHARACTER_BYTES)
    write_integer(count, len(entries))
    return 0


def _find_usb(_: Library, buffer: object, size: object, count: object) -> int:
    """Virtual instruments are on the network only."""
    write_text(buffer, size, b"", b"\0\0", _CHARACTER_BYTES)
    write_integer(count, 0)
    return 0


def _set_config(_: Library, __: object, config: object) -> int:
    """Check ``IP%x$NM%x$GW%x$``; a virtual instrument's address stands in the lab file."""
    parts = [part.partition("%") for part in text(config).split("$") if part]
    known: Mapping[str, int] = {"IP": _IP_FORMAT, "NM": _NM_FORMAT, "GW": _GW_FORMAT}
    for name, _separator, value in parts:
        octets = value.split(".")
        if len(octets) != 4 or not all(octet.isdigit() and int(octet) < 256 for octet in octets):
            return known.get(name, _UNKNOWN)
    return _CFG_MODIFY


def _nothing(_: Library, *__: object) -> int:
    return 0


FINDER_CALLS: Mapping[str, Call] = {
    "FindEChemDev": _find,
    "FindEChemEthDev": _find,
    "FindEChemUsbDev": _find_usb,
    "FindEChemBCSDev": _find_usb,
    "EChemBCSEthDEV": _nothing,
    "FindKineticDev": _find_usb,
    "GetErrorMsg": DEVICE_CALLS["GetErrorMsg"],
    "Init_Path": _nothing,
    "SetConfig": _set_config,
    "SetMAC": _nothing,
}
