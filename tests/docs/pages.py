"""The pages that people read, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/*.md")])
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: str
    number: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.number}"


def name_of(page: Path) -> str:
    """The page as one would name it: ``docs/how-to/stop-everything.md``."""
    return page.relative_to(ROOT).as_posix()


def read(name: str) -> str:
    """The text of a page."""
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(language: str) -> Iterator[Block]:
    """All blocks in one language, in order of pages."""
    for page in PAGES:
        for number, found in enumerate(_FENCE.finditer(page.read_text(encoding="utf-8")), start=1):
            if found["language"] == language:
                lines = found["text"].splitlines(keepends=True)
                yield Block(
                    name_of(page), number, language, "".join(line.removeprefix(found["indent"]) for line in lines)
                )


def without_blocks(text: str) -> str:
    """Prose alone."""
    return _FENCE.sub("", text)
