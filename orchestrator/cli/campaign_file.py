"""A campaign at the prompt: a file with the protocol files that it names, or one of the library."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from orchestrator.cli.refusal import CommandRefused

__all__ = ["CampaignFiles", "listed", "read_files"]


@dataclass(frozen=True, slots=True)
class CampaignFiles:
    """Texts, and what they are called in messages."""

    name: str
    source: str
    protocols: dict[str, str]
    """By the name that stands in the campaign."""


def read_files(file: str) -> CampaignFiles:
    """A file, else a name of the library. Raises CommandRefused, ProtocolErrors."""
    from orchestrator.campaigns.read_campaign import protocol_files
    from protocols.library.campaigns import find, names

    path = Path(file)
    looks_like_a_file = path.suffix in {".yaml", ".yml"} or path.parent != Path()
    if not looks_like_a_file and not path.is_file():
        shipped = find(file)
        if shipped is None:
            known = ", ".join(names())
            raise CommandRefused(f"{file} is neither a file nor a campaign of the library, which has {known}")
        return CampaignFiles(shipped.file, shipped.content.decode(), {})
    source = _text(path)
    named = protocol_files(source, path.name)
    there = {name: path.parent / name for name in named}
    return CampaignFiles(path.name, source, {name: _text(one) for name, one in there.items() if one.is_file()})


def listed(pairs: Mapping[str, str]) -> dict[str, list[str]]:
    """``cycled=L1,M1`` as a list by name."""
    return {name: [one.strip() for one in text.split(",") if one.strip()] for name, text in pairs.items()}


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandRefused(f"{path}: not UTF-8 text; save it as UTF-8") from error
