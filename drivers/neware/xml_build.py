"""Requests as XML trees, so that a barcode or a path can hold any text and never become markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.etree import ElementTree as ET  # building only; what is received goes through defusedxml

from drivers.errors import Refused

__all__ = ["element", "request_bytes", "xml_text"]

_PROLOG = '<?xml version="1.0" encoding="UTF-8" ?>'
_TERMINATOR = "#\r\n"
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def xml_text(text: str) -> str:
    """Return the text unchanged if XML 1.0 can carry it (section 2.2). Raises Refused."""
    found = _NOT_XML.search(text)
    if found:
        raise Refused(f"{text!r} holds the character {found.group()!r}, which XML cannot carry")
    return text


def element(tag: str, attributes: Mapping[str, str], text: str | None = None) -> ET.Element:
    """Return one element without children."""
    made = ET.Element(tag, {name: xml_text(value) for name, value in attributes.items()})
    made.text = None if text is None else xml_text(text)
    return made


def request_bytes(command: str, body: Iterable[ET.Element] = ()) -> bytes:
    """Return a whole request frame, terminator included."""
    root = ET.Element("bts", version="1.0")
    ET.SubElement(root, "cmd").text = command
    root.extend(body)
    return (_PROLOG + ET.tostring(root, encoding="unicode") + _TERMINATOR).encode()
