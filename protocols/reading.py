"""The front door: a protocol file, or its text, becomes a Protocol; or everything that is wrong with it."""

from __future__ import annotations

import hashlib
from pathlib import Path

from protocols.document import parse_document, read_bytes
from protocols.errors import ProtocolError, ProtocolErrors, Refusal, quoted
from protocols.protocol import Protocol
from protocols.schema.protocol_file import read_protocol_file

__all__ = ["Protocol", "check", "load_protocol", "load_shipped", "parse_protocol", "read_protocol"]


def load_protocol(name_or_path: str | Path) -> Protocol:
    """Return a protocol of the library by its name (``rate-ladder``), else a file. Raises ProtocolErrors."""
    shipped = _shipped(name_or_path) if isinstance(name_or_path, str) else None
    return read_protocol(name_or_path) if shipped is None else shipped


def load_shipped(name: str) -> Protocol:
    """Return a protocol of the library; never a file, whatever the name is. Raises ProtocolErrors."""
    from protocols.library import names  # noqa: PLC0415 - as below

    shipped = _shipped(name)
    if shipped is None:
        has = f"it has {', '.join(names())}"
        raise ProtocolErrors([ProtocolError(quoted(name), None, "", "is not in the library", has)])
    return shipped


def _shipped(name: str) -> Protocol | None:
    from protocols.library import find  # noqa: PLC0415 - the library is read only where it is asked for

    shipped = find(name)
    return None if shipped is None else parse_protocol(shipped.content, shipped.file)


def read_protocol(path: str | Path) -> Protocol:
    """Read a file. Raises ProtocolErrors."""
    return parse_protocol(read_bytes(path), Path(path).name)


def parse_protocol(content: str | bytes, name: str = "protocol") -> Protocol:
    """Read text; ``name`` stands for the file in messages. Raises ProtocolErrors."""
    node = parse_document(content, name)
    findings: list[Refusal] = []
    definition = read_protocol_file(node, findings)
    if definition is None:
        raise ProtocolErrors(finding.in_file(name) for finding in findings)
    data = content.encode() if isinstance(content, str) else content
    return Protocol(definition.protocol, name, data.decode("utf-8-sig"), hashlib.sha256(data).hexdigest(), definition)


def check(content: str | bytes, name: str = "protocol") -> list[ProtocolError]:
    """Everything wrong with a protocol that needs no cell to be found, in file order. Never raises for its content."""
    from protocols.compile import findings_without_cell  # noqa: PLC0415 - the compiler reads protocols itself

    try:
        protocol = parse_protocol(content, name)
    except ProtocolErrors as errors:
        return list(errors.errors)
    return list(ProtocolErrors(finding.in_file(name) for finding in findings_without_cell(protocol)).errors)
