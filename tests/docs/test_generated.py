"""The committed schemas are those of the code."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from orchestrator.cli import cellbench
from tests.docs.generated import REFERENCE, generated


@pytest.mark.parametrize("name", ["protocol.schema.json", "openapi.json"])
def test_the_committed_file_is_what_the_code_gives(name: str) -> None:
    committed = (REFERENCE / name).read_text(encoding="utf-8")
    assert committed == generated()[name], "run `make docs`"


def test_the_command_prints_the_committed_schema() -> None:
    printed = CliRunner().invoke(cellbench, ["schema"]).stdout
    assert json.loads(printed) == json.loads((REFERENCE / "protocol.schema.json").read_text(encoding="utf-8"))
