"""Every guarantee names a test, and every test that it names exists."""

from __future__ import annotations

import re

import pytest

from tests.docs.named_tests import named_in
from tests.docs.pages import read

_PAGE = read("docs/guarantees.md")
_NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
_PROMISED = _PAGE.partition("## What is not promised")[0]
_GUARANTEES = re.findall(r"^### (.+?)\n(.*?)(?=^##|\Z)", _PROMISED, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("path", "name"), sorted(set(_NAMED.findall(_PAGE))))
def test_a_named_test_exists(path: str, name: str) -> None:
    assert name in named_in(path)


def test_every_guarantee_names_a_test() -> None:
    assert len(_GUARANTEES) >= 12
    assert [title for title, text in _GUARANTEES if not _NAMED.search(text)] == []
