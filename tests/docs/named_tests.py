"""Tests as pages name them."""

from __future__ import annotations

import ast
from functools import cache

from tests.docs.pages import ROOT

__all__ = ["named_in"]


@cache
def named_in(path: str) -> frozenset[str]:
    """Test functions of a module, and the state machines that it names ``TestSomething``; none where it is absent."""
    if not (ROOT / path).is_file():
        return frozenset()
    nodes = list(ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))))
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    targets = (target for node in nodes if isinstance(node, ast.Assign) for target in node.targets)
    named = {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(name for name in functions | named if name.lower().startswith("test"))
