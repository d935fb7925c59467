"""The command line in the pages is the one that is installed."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.docs.command_tree import commands, options
from tests.docs.pages import PAGES, blocks, name_of, read, without_blocks

_COMMANDS = commands()
_ROW = re.compile(r"^\| `([a-z ]+)` \| (.*?) \|$", re.MULTILINE)
_GLOBAL = {"--help", "--version"}


def _written() -> list[tuple[str, str]]:
    """Page and command, from blocks of commands and from the prose."""
    lines = [(block.page, line) for block in blocks("sh") for line in block.text.splitlines()]
    for page in PAGES:
        spans = re.findall(r"`(cellbench [^`]+)`", without_blocks(page.read_text(encoding="utf-8")))
        lines += [(name_of(page), span) for span in spans]
    found = [(page, re.sub(r"\s+#.*$", "", line.removeprefix("$ "))) for page, line in lines]
    return [(page, line) for page, line in found if line.startswith("cellbench ")]


def _unknown(line: str) -> list[str]:
    """What of this line the command does not know."""
    words = shlex.split(line.partition(" > ")[0])[1:]
    if words[0] in _GLOBAL or words[0].isupper():
        return []
    name = " ".join(words[:2]) if " ".join(words[:2]) in _COMMANDS else words[0]
    if name not in _COMMANDS:
        return [name]
    return [word for word in words if word.startswith("--") and word not in options(_COMMANDS[name]) | _GLOBAL]


def test_commands_are_found_in_the_pages() -> None:
    assert len(_written()) > 40


@pytest.mark.parametrize("page", sorted({page for page, _ in _written()}))
def test_every_command_of_a_page_exists_with_its_options(page: str) -> None:
    assert {line: unknown for where, line in _written() if where == page and (unknown := _unknown(line))} == {}


def test_the_reference_lists_exactly_the_options_of_each_command() -> None:
    table = read("docs/reference/cli.md").partition("## Options")[2]
    documented = {name: set(re.findall(r"`(--[a-z-]+)", cell)) for name, cell in _ROW.findall(table)}
    assert documented == {name: options(command) for name, command in _COMMANDS.items()}
