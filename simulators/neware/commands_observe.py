"""Commands that tell how channels are doing: getchlstatus, inquire, inquiredf. All of it is ``status_lag_s`` old."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element, SubElement

import numpy as np

from simulators.neware.address import ChannelAddress
from simulators.neware.snapshot import Snapshot
from simulators.neware.virtual_neware import VirtualNeware
from simulators.neware.wire import BtsRequest, envelope, number, render, where

__all__ = ["COMMANDS"]

_BUSY = ("working", "pause")


def _getchlstatus(bts: VirtualNeware, request: BtsRequest) -> bytes:
    root = envelope("getchlstatus_resp")
    listed = SubElement(root, "list", count=str(len(request.items)))
    for item in request.items:
        channel = bts.advanced(ChannelAddress.from_attributes(item.attrib))
        attributes = where(item)
        if bts.section.quirks.wrong_subdevid and "subdevid" in attributes:
            attributes["subdevid"] = "1"
        reserved = "1" if channel and channel.pause_reserved else "0"
        status = SubElement(listed, "status", {**attributes, "reservepause": reserved})
        status.text = channel.workstatus_at(bts.told_unix_s) if channel else "false"
    return render(root)


def _inquire(bts: VirtualNeware, request: BtsRequest) -> bytes:
    root = envelope("inquire_resp")
    count = 1 if bts.section.quirks.count_wrong else len(request.items)
    listed = SubElement(root, "list", count=str(count))
    for item in request.items:
        told = bts.told(ChannelAddress.from_attributes(item.attrib))
        device = "-".join(item.get(name, "") for name in ("devtype", "devid", "subdevid", "chlid"))
        point = SubElement(listed, "inquire", dev=f"{device}-0")
        if told is None:
            point.text = "false"
        else:
            point.attrib.update(_point(told, with_barcode=item.get("barcode") != "0"))
            if item.get("aux") == "1":
                point.attrib.update(_aux(bts, ChannelAddress.from_attributes(item.attrib)))
    return render(root)


def _point(told: Snapshot, *, with_barcode: bool) -> dict[str, str]:
    """Return the live point, in the recorded order. Where nothing runs there is no step and all counters are zero."""
    runs = told.workstatus in _BUSY
    return {
        "cycle_id": str(told.cycleid + 1 if runs else 1),
        **({"step_id": str(told.stepid)} if runs and told.stepid is not None else {}),
        "step_type": told.steptype if runs else "--",
        "workstatus": told.workstatus,
        **({"barcode": told.barcode} if with_barcode else {}),
        "current": _decimal(told.current_A if runs else 0.0, 4),
        "voltage": _decimal(told.voltage_V, 4),
        "capacity": _decimal(told.capacity_Ah if runs else 0.0, 4),
        "energy": _decimal(told.energy_Wh if runs else 0.0, 4),
        "totaltime": _decimal(told.total_s if runs else 0.0, 1),
        "relativetime": _decimal(told.relative_s if runs else 0.0, 1),
        "open_or_close": "0",
        "log_code": str(told.log_code if runs else 0),
    }


def _aux(bts: VirtualNeware, address: ChannelAddress | None) -> dict[str, str]:
    """Return what the auxiliary sensor tells, where there is one."""
    channel, name = bts.advanced(address), bts.section.temperature_aux
    if channel is None or name is None:
        return {}
    read_degC = channel.thermometer.read_degC(np.array([bts.told_unix_s]))
    return {name: _decimal(float(read_degC[0]), 1)}


def _decimal(value: float, digits: int) -> str:
    """Round to so many decimals, without trailing zeros: 0.1 mA is all that inquire resolves."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _inquiredf(bts: VirtualNeware, request: BtsRequest) -> bytes:
    """How many records of a test have arrived; true once all have."""
    root = envelope("inquiredf_resp")
    listed = SubElement(root, "list", count=str(len(request.items)))
    for item in request.items:
        attributes = where(item)
        del attributes["ip"]
        testid, count, complete = _uploaded(bts, item)
        chl = SubElement(listed, "chl", {**attributes, "testid": str(testid), "count": str(count)})
        chl.text = "true" if complete else "false"
    return render(root)


def _uploaded(bts: VirtualNeware, item: Element) -> tuple[int, int, bool]:
    """Test id, records, and whether that is all. A channel that never ran has test 0 with nothing outstanding."""
    address = ChannelAddress.from_attributes(item.attrib)
    asked = number(item.attrib, "testid")
    test = bts.told_test(address, asked)
    if test is None:
        return asked, 0, address in bts.channels and asked == 0
    running = bts.told_status(address) in _BUSY and test is bts.told_test(address, 0)
    return test.testid, test.count(bts.told_unix_s), not running


COMMANDS: Mapping[str, Callable[[VirtualNeware, BtsRequest], bytes]] = {
    "getchlstatus": _getchlstatus,
    "inquire": _inquire,
    "inquiredf": _inquiredf,
}
