"""Every command of the BTS API by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from xml.etree.ElementTree import SubElement

from simulators.neware import commands_control, commands_data, commands_device, commands_observe
from simulators.neware.virtual_neware import VirtualNeware
from simulators.neware.wire import BtsRequest, answer_items, envelope, render

__all__ = ["COMMANDS", "ORDERS", "acknowledgement", "answer", "refusal"]

Handler = Callable[[VirtualNeware, BtsRequest], bytes]

COMMANDS: Mapping[str, Handler] = {
    **commands_device.COMMANDS,
    **commands_observe.COMMANDS,
    **commands_control.COMMANDS,
    **commands_data.COMMANDS,
}
ORDERS = frozenset(commands_control.COMMANDS) - {"getpause"} | {"light", "chl_ctrl", "resetalarm"}
"""What is only acknowledged: such an answer can be false."""


def answer(bts: VirtualNeware, request: BtsRequest) -> bytes:
    """Execute one request; returns the whole reply."""
    handler = COMMANDS.get(request.command)
    return handler(bts, request) if handler else refusal(request)


def refusal(request: BtsRequest) -> bytes:
    """Answer a request with ``false`` all over and do nothing.

    # unconfirmed on hardware: what a BTS client answers to a command that it does not know.
    """
    if request.command in ("connect", "getdevinfo") or request.command not in COMMANDS:
        root = envelope(f"{request.command}_resp")
        SubElement(root, "result").text = "fail"
        return render(root)
    return _answer_all(request, done=False)


def acknowledgement(request: BtsRequest) -> bytes:
    """Answer an order with ``ok`` all over and do nothing."""
    return _answer_all(request, done=True)


def _answer_all(request: BtsRequest, *, done: bool) -> bytes:
    items = [item for item in request.items if item.tag != "backup"]
    return answer_items(request.command, items, lambda _item, _address: done)
