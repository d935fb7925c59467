"""Every guarantee names a test, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache

import pytest

from tests.docs.pages import ROOT, read

_PAGE = read("docs/guarantees.md")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_PROMISED = _PAGE.partition("## What is not promised")[0]
_GUARANTEES = re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", _PROMISED, re.DOTALL | re.MULTILINE)


@cache
def _tests_in(path: str) -> frozenset[str]:
    """Test functions, and the state machines that a module names ``TestSomething``."""
    nodes = list(ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))))
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    targets = (target for node in nodes if isinstance(node, ast.Assign) for target in node.targets)
    named = {target.id for target in targets if isinstance(target, ast.Name)}
    return frozenset(name for name in functions | named if name.lower().startswith("test"))


@pytest.mark.parametrize(("path", "name"), sorted(set(_NAMED.findall(_PAGE))))
def test_a_named_test_exists(path: str, name: str) -> None:
    assert (ROOT / path).is_file()
    assert name in _tests_in(path)


def test_every_guarantee_names_a_test() -> None:
    assert len(_GUARANTEES) >= 12
    assert [title for title, text in _GUARANTEES if not _NAMED.search(text)] == []
