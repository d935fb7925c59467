"""The how-to page is executed as somebody else's project; a project that does not use the plugin does not feel it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "test-your-protocols.md"
UNUSED = """
import sys

def test_nothing_of_it_is_loaded():
    packages = ("orchestrator", "drivers", "protocols", "simulators")
    ours = {name for name in sys.modules if name.partition(".")[0] in packages}
    assert ours == {"orchestrator", "orchestrator.testing", "orchestrator.testing.plugin"}
    assert not {"pandas", "sqlalchemy", "numpy", "yaml", "pydantic"} & set(sys.modules)
"""


def test_the_page_does_what_it_says(pytester: pytest.Pytester) -> None:
    page = PAGE.read_text(encoding="utf-8")
    (protocol,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    (tests,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    pytester.path.joinpath("quick_cycles.yaml").write_text(protocol, encoding="utf-8")
    pytester.path.joinpath("test_quick_cycles.py").write_text(tests, encoding="utf-8")
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=2)


def test_who_does_not_use_it_does_not_load_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(UNUSED)
    pytester.runpytest_subprocess("-W", "error").assert_outcomes(passed=1)


def test_it_can_be_left_out(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it(virtual_lab): pass")
    result = pytester.runpytest_subprocess("-p", "no:cellbench")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*fixture 'virtual_lab' not found*"])
