"""Where things lie that are deployed, and which commands they name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.docs.command_tree import commands, options

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
_COMMANDS = commands()


def unknown_words(command_line: str) -> list[str]:
    """What the installed ``cellbench`` does not know of the command line behind ``cellbench``."""
    words = shlex.split(command_line)
    name = " ".join(words[:2]) if " ".join(words[:2]) in _COMMANDS else words[0]
    if name not in _COMMANDS:
        return [name]
    given = [word.partition("=")[0] for word in words if word.startswith("--")]
    return [word for word in given if word not in options(_COMMANDS[name])]


def all_texts() -> dict[str, str]:
    """Every file of ``deploy/``, by its path in it."""
    files = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
    return {path.relative_to(DEPLOY).as_posix(): path.read_text(encoding="utf-8") for path in files}


def metric_labels() -> dict[str, frozenset[str]]:
    """Each metric of docs/reference/metrics.md with its labels; the table is what the web process is tested against."""
    page = (ROOT / "docs" / "reference" / "metrics.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(cellbench_\w+)` \| \w+ \| ([^|]*)\|", page, re.MULTILINE)
    return {name: frozenset(re.findall(r"`(\w+)`", labels)) for name, labels in rows}
