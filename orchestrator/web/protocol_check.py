"""What is wrong with a protocol text, line by line."""

from __future__ import annotations

import re

from orchestrator.protocol_versions.needs import TYPICAL_CELL
from orchestrator.web.models.protocol import CheckAnswer, Finding
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.errors import ProtocolError, ProtocolErrors
from protocols.reading import check, parse_protocol

__all__ = ["check_answer"]


def check_answer(source: str, name: str, cell: Cell | None) -> CheckAnswer:
    """Problems, else the warnings for the cell or, without one, for a typical one."""
    errors: tuple[ProtocolError, ...] = tuple(check(source, name))
    protocol = None if errors else parse_protocol(source, name)
    warnings: tuple[str, ...] = ()
    if protocol is not None:
        try:
            warnings = compile_protocol(protocol, cell or TYPICAL_CELL).warnings
        except ProtocolErrors as found:
            errors = found.errors if cell is not None else ()  # the typical cell need not suit everybody
    return CheckAnswer(
        ok=not errors,
        problems=[str(error) for error in errors],
        protocol=None if protocol is None else protocol.name,
        findings=[_error(error) for error in errors] or [_warning(line, name) for line in warnings],
    )


def _error(error: ProtocolError) -> Finding:
    text = str(ProtocolError("", None, error.key, error.message, error.remedy)).strip()
    return Finding(severity="error", line=error.line, text=text)


def _warning(said: str, name: str) -> Finding:
    """A plan has its warnings as lines for people: ``my.yaml:14  rest: …``."""
    match = re.fullmatch(r"(?::(\d+))?  (.*)", said.removeprefix(name))
    if match is None:
        return Finding(severity="warning", line=None, text=said)
    return Finding(severity="warning", line=int(match[1]) if match[1] else None, text=match[2])
