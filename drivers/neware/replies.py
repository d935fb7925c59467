"""Replies: hardened parsing, and the proof that a reply answers the command that was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from drivers.errors import Garbled
from drivers.neware.address import Address

__all__ = ["Reply", "answers", "parse_reply"]

_MISSPELT = {"download": "donwload_resp", "downloadlog": "donwloadlog_resp"}  # a real BTS 8.0 answers so


@dataclass(frozen=True, slots=True)
class Reply:
    """The tree of one reply that answers the command asked."""

    command: str
    root: Element

    def child(self, tag: str) -> Element:
        """Return the first such child. Raises Garbled."""
        found = self.root.find(tag)
        if found is None:
            raise Garbled(f"the reply to {self.command} has no <{tag}>")
        return found

    def text(self, tag: str) -> str:
        """Return the text of a child, without white space around it."""
        return (self.child(tag).text or "").strip()

    def items(self) -> list[Element]:
        """Return the items of the list. Its ``count`` is advisory: a recorded reply has count 1 and two items."""
        return list(self.child("list"))

    def items_of(self, asked: Sequence[Address]) -> list[Element]:
        """Return one item a channel, matched by order and number.

        Not by the address in them: getchlstatus answers subdevid 1 for any subdevice (seen by aurora-neware's authors).
        Raises Garbled when the numbers differ.
        """
        items = [item for item in self.items() if item.tag != "backup"]
        if len(items) != len(asked):
            raise Garbled(f"the reply to {self.command} has {len(items)} items, {len(asked)} channels were asked")
        return items


def parse_reply(frame: bytes, command: str) -> Reply:
    """Parse a whole frame as UTF-8 and check whom it answers. Raises Garbled.

    No DTD, no entity of its own, nothing external: BTS uses none of it.
    """
    try:
        text = frame.decode().lstrip("\ufeff \t\r\n")
        root = fromstring(text, forbid_dtd=True)  # of text, so that no encoding declaration is believed
    except (UnicodeDecodeError, ParseError, DefusedXmlException, ValueError) as error:
        raise Garbled(f"the reply to {command} is no XML: {error}", received=frame[:160]) from error
    said = (root.findtext("cmd") or "").strip()
    if not answers(said, command):
        raise Garbled(f"{said or 'nothing'!r} does not answer {command}", received=frame[:160])
    return Reply(command, root)


def answers(said: str, command: str) -> bool:
    """Whether a reply of that name answers the command, misspellings of the real client included."""
    return said in (f"{command}_resp", _MISSPELT.get(command))
