"""Commands that change what a channel does: start, stop, pause, continue. They act at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import Element

from simulators.neware.address import ChannelAddress
from simulators.neware.channel import Channel
from simulators.neware.commands_device import device_channels
from simulators.neware.virtual_neware import StartOrder, VirtualNeware
from simulators.neware.wire import BtsRequest, answer_items, number

__all__ = ["COMMANDS"]

_NOW = -1
"""In place of cycle and step of a reserved pause."""


def _start(bts: VirtualNeware, request: BtsRequest) -> bytes:
    items = request.only("start")
    orders = [
        StartOrder(ChannelAddress.from_attributes(item.attrib), item.get("barcode", ""), item.text or "")
        for item in items
    ]
    outcomes = iter(bts.start(orders))
    return answer_items("start", items, lambda _item, _address: next(outcomes))


def _stop(bts: VirtualNeware, request: BtsRequest) -> bytes:
    return answer_items("stop", request.items, lambda _, address: bts.command(address, Channel.stop))


def _broadcaststop(bts: VirtualNeware, request: BtsRequest) -> bytes:
    """Stop whatever runs on a device; ok for any device that exists."""

    def stop_all(item: Element, _: ChannelAddress | None) -> bool:
        channels = device_channels(bts, item)
        for address in channels:
            bts.command(address, Channel.stop)
        return bool(channels)

    return answer_items("broadcaststop", request.items, stop_all)


def _continue(bts: VirtualNeware, request: BtsRequest) -> bytes:
    return answer_items("continue", request.items, lambda _, address: bts.command(address, Channel.resume))


def _clearflag(bts: VirtualNeware, request: BtsRequest) -> bytes:
    def clear(channel: Channel, _: float) -> bool:
        return channel.clear_flag()

    return answer_items("clearflag", request.items, lambda _, address: bts.command(address, clear))


def _setpause(bts: VirtualNeware, request: BtsRequest) -> bytes:
    def set_pause(item: Element, address: ChannelAddress | None) -> bool:
        cycleid, stepid = number(item.attrib, "cycleid", _NOW), number(item.attrib, "stepid", _NOW)
        if (cycleid, stepid) == (_NOW, _NOW):
            return bts.command(address, Channel.pause)
        return bts.command(address, lambda channel, _: channel.reserve_pause(cycleid, stepid))

    return answer_items("setpause", request.items, set_pause)


def _cancelpause(bts: VirtualNeware, request: BtsRequest) -> bytes:
    def cancel(channel: Channel, _: float) -> None:
        channel.cancel_pause()

    return answer_items("cancelpause", request.items, lambda _, address: bts.command(address, cancel))


def _getpause(bts: VirtualNeware, request: BtsRequest) -> bytes:
    """``ok`` where a pause is reserved. # unconfirmed on hardware: only the request form is public."""

    def reserved(channel: Channel, _: float) -> bool:
        return channel.pause_reserved

    return answer_items("getpause", request.items, lambda _, address: bts.command(address, reserved))


def _not_supported(_: VirtualNeware, request: BtsRequest) -> bytes:
    """Jumping and changing the program of a running test: refused, as a client must be prepared for."""
    return answer_items(request.command, request.items, lambda _item, _address: False)


COMMANDS: Mapping[str, Callable[[VirtualNeware, BtsRequest], bytes]] = {
    "start": _start,
    "stop": _stop,
    "broadcaststop": _broadcaststop,
    "continue": _continue,
    "clearflag": _clearflag,
    "setpause": _setpause,
    "cancelpause": _cancelpause,
    "getpause": _getpause,
    "goto": _not_supported,
    "reset": _not_supported,
}
