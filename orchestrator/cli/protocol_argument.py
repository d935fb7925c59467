"""PROTOCOL at the prompt: a file, or a name of the library."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.cli.refusal import CommandRefused

if TYPE_CHECKING:
    from protocols.reading import Protocol

__all__ = ["read_protocol", "read_source"]


def read_protocol(protocol: str) -> Protocol:
    """The protocol itself. Raises ProtocolErrors."""
    from protocols.reading import load_protocol, parse_protocol

    name, source = read_source(protocol)
    return load_protocol(name) if source is None else parse_protocol(source, name)


def read_source(protocol: str) -> tuple[str, str | None]:
    """The name and, where a file is meant, its text; the library's is left to whoever compiles."""
    path = Path(protocol)
    looks_like_a_file = path.suffix in {".yaml", ".yml"} or path.parent != Path()
    if not looks_like_a_file and not path.is_file():
        return protocol, None
    try:
        return path.name, path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandRefused(f"{path}: not UTF-8 text; save it as UTF-8") from error
