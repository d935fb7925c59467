"""Every request that the driver sends, after the vendor's API document v1.19 and the forms seen on real hardware."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from drivers.neware.address import Address
from drivers.neware.xml_build import element, request_bytes

__all__ = ["DOWNLOAD_ROWS_MAX", "Request", "channel_command", "connect", "device_command", "download", "download_log"]
__all__ += ["download_step_layer", "get_devinfo", "inquire", "inquire_datafile", "reserve_pause", "start"]

DOWNLOAD_ROWS_MAX = 1000
"""Rows that one download answers at most (v1.19, 2.1.6)."""
_READ_ONLY = frozenset(
    {"connect", "getdevinfo", "getchlstatus", "inquire", "inquiredf", "getpause"}
    | {"download", "downloadStepLayer", "downloadlog"}
)


@dataclass(frozen=True, slots=True)
class Request:
    """One request frame. ``changes_world``: it must never be sent a second time on its own account."""

    command: str
    payload: bytes
    changes_world: bool


def _request(command: str, body: Iterable[Element] = ()) -> Request:
    return Request(command, request_bytes(command, body), changes_world=command not in _READ_ONLY)


def _listed(command: str, items: Sequence[Element], more: Sequence[Element] = ()) -> Request:
    wrapper = element("list", {"count": str(len(items))})
    wrapper.extend([*items, *more])
    return _request(command, [wrapper])


def connect(username: str, password: str) -> Request:
    """Log in; not in v1.19, but sent by aurora-neware and the vendor's own tester."""
    fields = {"username": username, "password": password, "type": "bfgs"}
    return _request("connect", [element(tag, {}, text) for tag, text in fields.items()])


def get_devinfo() -> Request:
    """Ask which channels there are (2.1.1)."""
    return _request("getdevinfo")


def channel_command(command: str, addresses: Sequence[Address], *, tag: str = "", text: str = "true") -> Request:
    """Send a command whose list has one plain item a channel: light, stop, getchlstatus, continue, clearflag."""
    return _listed(command, [element(tag or command, address.attributes(), text) for address in addresses])


def device_command(command: str, addresses: Sequence[Address], *, tag: str) -> Request:
    """Send a command to whole devices (broadcaststop, resetalarm): each device of the addresses once."""
    devices = {(address.ip, address.devtype, address.devid) for address in addresses}
    items = [
        element(tag, {"ip": ip, "devtype": str(devtype), "devid": str(devid)}, "true")
        for ip, devtype, devid in sorted(devices)
    ]
    return _listed(command, items)


def inquire(addresses: Sequence[Address], *, aux: bool) -> Request:
    """Ask for the live points with barcodes (2.1.7)."""
    flags = {"aux": str(int(aux)), "barcode": "1"}
    return _listed("inquire", [element("inquire", {**a.attributes(), **flags}, "true") for a in addresses])


def inquire_datafile(addresses: Sequence[Address]) -> Request:
    """Ask for test id and number of rows of each channel's latest test (2.1.12)."""
    return _listed("inquiredf", [element("chl", {**a.attributes(ip=False), "testid": "0"}) for a in addresses])


def start(address: Address, barcode: str, remote_path: str, backup_dir: str) -> Request:
    """Start one channel (2.1.3). ``remote_path`` and ``backup_dir`` are paths on the PC of the BTS Client.

    The backup settings are those that aurora-neware uses on real hardware.
    """
    item = element("start", {**address.attributes(), "barcode": barcode}, remote_path)
    backup = {
        "backupdir": backup_dir,
        "remotedir": "",
        "filenametype": "0",
        "customfilename": "",
        "addtimewhenrepeat": "0",
        "createdirbydate": "0",
        "filetype": "0",
        "backupontime": "1",
        "backupontimeinterval": "720",
        "backupfree": "1",
    }
    return _listed("start", [item], [element("backup", backup)])


def reserve_pause(command: str, address: Address, cycle: int, step: int) -> Request:
    """``setpause`` or ``cancelpause`` (2.1.20, 2.1.21); -1, -1 is now."""
    place = {"cycleid": str(cycle), "stepid": str(step)}
    timeout = {"timeout": ""} if command == "setpause" else {}
    return _listed(command, [element(command, {**address.attributes(), **place, **timeout})])


def download(address: Address, test_id: str, start_seq: int, count: int) -> Request:
    """Ask for at most 1000 rows of one test from sequence number ``start_seq`` (from 1) on (2.1.6)."""
    place = {"auxid": "0", "testid": test_id, "startpos": str(start_seq), "count": str(count)}
    return _request("download", [element("download", {**address.attributes(ip=False), **place})])


def download_step_layer(address: Address, test_id: str, *, dcir: bool) -> Request:
    """Ask for one row a step (2.1.13). Resistances come only with the two nodes that say which points to take."""
    head = element("downloadStepLayer", {**address.attributes(ip=False), "testid": test_id, "dcir": str(int(dcir))})
    if not dcir:
        return _request("downloadStepLayer", [head])
    before = element("V1I1", {"previousstep": "1", "type": "1", "value": ""})
    after = element("V2I2", {"previousstep": "0", "type": "0", "value": ""})
    return _request("downloadStepLayer", [head, before, after])


def download_log(address: Address, test_id: str) -> Request:
    """Ask for the log rows of one test (2.1.14); ``log_lever`` is really spelled so."""
    head = {**address.attributes(ip=False), "testid": test_id, "log_lever": "0"}
    return _request("downloadlog", [element("download", head)])
