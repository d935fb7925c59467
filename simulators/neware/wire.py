"""BTS XML: reading requests, writing replies in the very shape that a BTS 8.0 client was recorded with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml.ElementTree import fromstring

from simulators.neware.address import ChannelAddress
from simulators.neware.frames import TERMINATOR

__all__ = [
    "LOCAL",
    "BtsRequest",
    "MalformedRequestError",
    "answer_items",
    "envelope",
    "number",
    "parse_request",
    "render",
    "where",
]

LOCAL = "127.0.0.1"
DECLARATION = b'<?xml version="1.0" encoding="UTF-8"?>\r\n'
_WHERE = ("devtype", "devid", "subdevid", "chlid")


class MalformedRequestError(ValueError):
    """A frame is no BTS request."""


@dataclass(frozen=True, slots=True)
class BtsRequest:
    """One request: the command, and the elements that it is about."""

    command: str
    items: tuple[Element, ...]
    """Children of ``<list>``; where there is no list, what stands beside ``<cmd>``."""

    def only(self, tag: str) -> list[Element]:
        """Items with this tag; ``<backup>`` stands among the ``<start>`` items, for one."""
        return [item for item in self.items if item.tag == tag]


def parse_request(frame: bytes) -> BtsRequest:
    """Read one frame; entities, DTDs and anything but a ``<bts>`` with a ``<cmd>`` raise MalformedRequestError."""
    try:
        root = fromstring(frame, forbid_dtd=True)
    except (ParseError, ValueError, LookupError) as error:  # defusedxml raises ValueErrors, an odd encoding LookupError
        raise MalformedRequestError(f"no XML: {error}") from error
    command = (root.findtext("cmd") or "").strip()
    if root.tag != "bts" or not command:
        raise MalformedRequestError("no <bts> with a <cmd>")
    listed = root.find("list")
    items = [child for child in root if child.tag != "cmd"] if listed is None else list(listed)
    return BtsRequest(command, tuple(items))


def envelope(command: str) -> Element:
    """``<bts>`` with its ``<cmd>``; the body is added to it."""
    root = Element("bts", version="1.0")
    SubElement(root, "cmd").text = command
    return root


def render(root: Element) -> bytes:
    """Whole reply with declaration, two-blank indentation, CRLF and terminator, as recorded."""
    indent(root, space="  ")
    middle = root.find("middle")
    if middle is not None:  # recorded: the closing tag of <middle> stands in the first column
        if len(middle):
            middle[-1].tail = "\n"
        else:
            middle.text = "\n"
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return DECLARATION + body.replace(b"\n", b"\r\n") + TERMINATOR


def where(item: Element) -> dict[str, str]:
    """Address attributes of an item as the client wrote them, in the wire's order, with an ip in front."""
    return {"ip": item.get("ip", LOCAL), **{name: value for name in _WHERE if (value := item.get(name)) is not None}}


def answer_items(
    command: str, items: Iterable[Element], act: Callable[[Element, ChannelAddress | None], bool]
) -> bytes:
    """Reply of all commands that answer ``ok`` or ``false`` item by item."""
    root = envelope(f"{command}_resp")
    listed = SubElement(root, "list")
    for item in items:
        address = ChannelAddress.from_attributes(item.attrib)
        SubElement(listed, item.tag, where(item)).text = "ok" if act(item, address) else "false"
    listed.set("count", str(len(listed)))
    return render(root)


def number(attributes: Mapping[str, str], name: str, default: int = 0) -> int:
    """Read a whole number from an attribute; the default where it is absent, empty or something else."""
    text = attributes.get(name, "").strip()
    return int(text) if text.lstrip("-").isdecimal() and text.isascii() and len(text) < 16 else default
