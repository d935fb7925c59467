"""Analyses with their options as values."""

from __future__ import annotations

import re

from protocols.compile.scope import Scope
from protocols.errors import Refusal
from protocols.plan import AnalysisRequest
from protocols.schema.analyses import AnalysisEntry

__all__ = ["bind_analyses", "option_value"]

_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?[0-9]+\.[0-9]*(e[+-]?[0-9]{1,2})?", re.IGNORECASE)


def bind_analyses(
    entries: tuple[AnalysisEntry, ...], scope: Scope, findings: list[Refusal]
) -> tuple[AnalysisRequest, ...]:
    """Return requests in file order; references filled in, plain numbers and true/false as such, all else as text."""
    requests: list[AnalysisRequest] = []
    for entry in entries:
        options: dict[str, float | int | str | bool] = {}
        for name, written in entry.options.items():
            try:
                text = scope.value(written)
            except Refusal as refusal:
                findings.append(refusal)
                continue
            options[name] = option_value(text) if written.node.plain else text
        requests.append(AnalysisRequest(entry.name, options))
    return tuple(requests)


def option_value(text: str) -> float | int | str | bool:
    """Return a plain number or true/false as such, all else as text."""
    if text in {"true", "false"}:
        return text == "true"
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text
