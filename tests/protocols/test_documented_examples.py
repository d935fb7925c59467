from __future__ import annotations

import re
from pathlib import Path

import pytest

from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.reading import check, parse_protocol

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "protocol-language.md").read_text(encoding="utf-8")
HEAD = """\
cellbench: 1
protocol: documented
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 10 s}
"""
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_page_has_examples() -> None:
    assert len(EXAMPLES) >= 5


@pytest.mark.parametrize("example", EXAMPLES)
def test_a_documented_example_is_a_protocol(example: str) -> None:
    text = example if example.startswith("cellbench") else HEAD + example
    assert check(text) == []
    plan = compile_protocol(parse_protocol(text), Cell("L1", 2.753e-3, 1.131, 3.35e-3, 0.01, 1.5))
    assert plan.warnings == ()


def test_the_documented_message_is_the_one_that_is_shown() -> None:
    (line,) = re.findall(r"^my\.yaml:14 .*$", PAGE, flags=re.MULTILINE)
    text = HEAD + "\n" * 8 + "steps:\n  - discharge: {current: 0,2 A/g, until: {voltage: 0.01 V}}"
    assert [str(error) for error in check(text, "my.yaml")] == [line]
