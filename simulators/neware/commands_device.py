"""Commands about the session and whole devices: connect, getdevinfo, light, alarms, parallel channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element, SubElement

from simulators.neware.address import ChannelAddress
from simulators.neware.virtual_neware import VirtualNeware
from simulators.neware.wire import LOCAL, BtsRequest, answer_items, envelope, number, render

__all__ = ["COMMANDS", "device_channels"]

_BUSY = ("working", "pause")


def _connect(_: VirtualNeware, request: BtsRequest) -> bytes:
    """Any name and password are good, as on the real one as far as is known (admin/neware and test/123 seen)."""
    root = envelope(f"{request.command}_resp")
    SubElement(root, "result").text = "ok"
    return render(root)


def _getdevinfo(bts: VirtualNeware, _: BtsRequest) -> bytes:
    """List every channel. The text is true for an idle one: two recordings taken together agree, all 16 channels."""
    root = envelope("getdevinfo_resp")
    servers = SubElement(root, "serverip", count="1")
    SubElement(servers, "server", ip=LOCAL, port="3306")
    middle = SubElement(root, "middle", count=str(len(bts.channels)))
    for address in bts.channels:
        attributes = address.attributes()
        attributes["Channelid"] = attributes.pop("chlid")  # here alone the channel is not called chlid
        channel = SubElement(middle, "channel", {"ip": LOCAL, **attributes})
        channel.text = "false" if bts.told_status(address) in _BUSY else "true"
    return render(root)


def _each_channel(bts: VirtualNeware, request: BtsRequest) -> bytes:
    """Commands without a lasting effect here: ok for every channel that exists."""
    return answer_items(request.command, request.items, lambda _, address: address in bts.channels)


def _each_device(bts: VirtualNeware, request: BtsRequest) -> bytes:
    return answer_items(request.command, request.items, lambda item, _: bool(device_channels(bts, item)))


def device_channels(bts: VirtualNeware, item: Element) -> list[ChannelAddress]:
    """Every channel of the device that an item names by devtype and devid alone."""
    device = number(item.attrib, "devtype", -1), number(item.attrib, "devid", -1)
    return [address for address in bts.channels if (address.devtype, address.devid) == device]


def _false(_: VirtualNeware, request: BtsRequest) -> bytes:
    """Refuse what this hardware cannot do: no channel here can be switched in parallel."""
    return answer_items(request.command, request.items, lambda _item, _address: False)


COMMANDS: Mapping[str, Callable[[VirtualNeware, BtsRequest], bytes]] = {
    "connect": _connect,
    "getdevinfo": _getdevinfo,
    "light": _each_channel,
    "chl_ctrl": _each_channel,
    "resetalarm": _each_device,
    "parallel": _false,
    "getparallel": _false,
}
