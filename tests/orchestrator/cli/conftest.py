"""The command line, in this process, with a real service behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from orchestrator.cli import cellbench
from orchestrator.config import Lab
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.served import served


@dataclass(frozen=True)
class Prompt:
    """Somebody at the prompt of a lab."""

    lab: Lab
    url: str
    engine: Engine | None = None

    def __call__(self, *arguments: object) -> Result:
        environment = {"CELLBENCH_LAB": str(self.lab.path), "CELLBENCH_URL": self.url}
        return CliRunner(env=environment).invoke(cellbench, [str(one) for one in arguments])

    def ok(self, *arguments: object) -> str:
        result = self(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def refused(self, *arguments: object, code: int = 1) -> list[str]:
        """Lines on stderr of a command that must fail, one a problem."""
        result = self(*arguments)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        lines = result.stderr.splitlines()
        assert lines
        assert all(line.strip() for line in lines)
        return lines


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    made = make_lab(tmp_path)
    fill(made)
    return made


@pytest.fixture
def offline(lab: Lab) -> Prompt:
    """Nobody serves."""
    return Prompt(lab, "http://127.0.0.1:9")


@pytest.fixture
def prompt(lab: Lab) -> Iterator[Prompt]:
    """A service answers."""
    with served(lab) as (url, engine):
        yield replace(Prompt(lab, url), engine=engine)
