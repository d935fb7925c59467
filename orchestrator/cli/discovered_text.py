"""What ``cellbench discover`` prints: a table, and a line of the lab file for each new instrument; or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from orchestrator.cli.discovered import Discovered, Found
from orchestrator.cli.refusal import one_line
from orchestrator.cli.wording import NOTHING
from orchestrator.text_table import table_lines

__all__ = ["json_text", "lab_line", "lines_of"]

_HEADER = ("in the lab file", "vendor", "model", "version", "address", "channels")
_SILENT_SHOWN = 12
_TO_PASTE = "for `instruments:` of the lab file (put the truth for FILL-IN; ranges stand on the type plate):"


def lines_of(seen: Discovered) -> Iterator[str]:
    """Lines for people."""
    yield from table_lines(_HEADER, [_row(name, found, name in seen.new) for name, found in seen.found.items()])
    if seen.new:
        yield ""
        yield _TO_PASTE
        yield from (f"  {lab_line(name, found)}" for name, found in seen.found.items() if name in seen.new)
    for what, why in seen.in_vain[:_SILENT_SHOWN]:
        yield f"no answer: {what}: {one_line(why)}"
    if len(seen.in_vain) > _SILENT_SHOWN:
        yield f"no answer: {len(seen.in_vain) - _SILENT_SHOWN} more"


def json_text(seen: Discovered) -> str:
    """JSON for programs."""
    found = [
        {"name": name, "in_lab_file": name not in seen.new, **asdict(one), "lab_line": lab_line(name, one)}
        for name, one in seen.found.items()
    ]
    no_answer = [{"asked": what, "reason": why} for what, why in seen.in_vain]
    return json.dumps({"found": found, "no_answer": no_answer}, indent=2, ensure_ascii=False)


def lab_line(name: str, found: Found) -> str:
    """One line of YAML, as it stands below ``instruments:``."""
    options = {"driver": found.driver, "address": f"'{found.address}'", **found.options}
    return f"{name}: {{{', '.join(f'{key}: {written}' for key, written in options.items())}}}"


def _row(name: str, found: Found, new: bool) -> tuple[str, ...]:
    ids = found.channels
    channels = f"{len(ids)}: {ids[0]}{f' … {ids[-1]}' if len(ids) > 1 else ''}" if ids else NOTHING
    known = NOTHING if new else name
    return known, found.vendor, found.model, found.version or NOTHING, found.address, channels
