"""A program as a BTS 8 step file: the bytes that will be sent, the same for the same program."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from xml.etree import ElementTree as ET  # building only

from drivers.neware.numbering import numbered, step_count
from drivers.neware.step_nodes import end_node, protect_node, record_node, step_node
from protocols.program import Program

__all__ = ["step_file"]

_VERSION = "17"
# unconfirmed on hardware: 17 with UTF-8 declared. Native 17 is GB2312, native 18 is utf-8; aurora-unicycler writes 17
# in UTF-8 and runs on 8.0.0.478, which need not know 18 yet.
_CLIENT_VERSION = "BTS Client 8.0.0.478(2024.06.24)(R3)"
_NO_DATE = "20000101000000"
_NAMESPACE = uuid.UUID("6d0c9a3e-3d0b-5a7c-8f66-4f0a5b0f7c11")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
_RATE_ABSOLUTE = "103"


def step_file(program: Program, protection_delay_s: float | None = None) -> bytes:
    """Return the file, UTF-8 and declared so. Expects a program that :func:`drivers.neware.checks.problems` passed.

    ``metadata`` goes into the file's head: ``operator`` as Creator, ``protocol`` as PN, ``created`` (ISO 8601) as date,
    all else as Remark. The Guid follows from the content, so that equal programs give equal bytes.
    """
    config = ET.Element("config", type="Step File", version=_VERSION, client_version=_CLIENT_VERSION)
    config.set("date", _date(program.metadata.get("created")))
    config.append(_head(program.metadata))
    whole = ET.SubElement(config, "Whole_Prt")
    whole.append(protect_node(program.limits, protection_delay_s))
    whole.append(record_node(program.record))
    count = step_count(program)
    steps = ET.SubElement(config, "Step_Info", Num=str(count))
    steps.extend(step_node(placed, count, protection_delay_s) for placed in numbered(program))
    steps.append(end_node(count))
    ET.SubElement(ET.SubElement(config, "SMBUS"), "SMBUS_Info", Num="0", AdjacentInterval="0")
    config.set("Guid", str(uuid.uuid5(_NAMESPACE, ET.tostring(config, encoding="unicode"))))
    root = ET.Element("root")
    root.append(config)
    ET.indent(root)
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n").encode()


def _head(metadata: dict[str, str]) -> ET.Element:
    head = ET.Element("Head_Info")
    ET.SubElement(head, "Operate", Value="66")
    ET.SubElement(head, "Scale", Value="1")
    ET.SubElement(head, "Start_Step", Value="1", Hide_Ctrl_Step="0")
    ET.SubElement(head, "Creator", Value=_free_text(metadata.get("operator", "cellbench")))
    ET.SubElement(head, "PN", Value=_free_text(metadata.get("protocol", "")))
    rest = {name: text for name, text in metadata.items() if name not in ("operator", "protocol", "created")}
    ET.SubElement(head, "Remark", Value=_free_text("; ".join(f"{name}: {text}" for name, text in rest.items())))
    ET.SubElement(head, "RateType", Value=_RATE_ABSOLUTE)
    return head


def _free_text(text: str) -> str:
    """Return the text with what XML cannot carry as blanks; free text is never interpreted."""
    return _NOT_XML.sub(" ", text)


def _date(created: str | None) -> str:
    """``YYYYMMDDHHMMSS`` of an ISO 8601 text; a fixed date where there is none, so that bytes stay the same."""
    if created is None:
        return _NO_DATE
    try:
        return datetime.fromisoformat(created).strftime("%Y%m%d%H%M%S")
    except ValueError:  # free text, like all metadata
        return _NO_DATE
