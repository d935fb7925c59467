"""What the first steps show of ``check`` and ``plan`` is what these commands say."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli import cellbench
from tests.docs.pages import Block, blocks

_PAGE = "docs/tutorial/first-run.md"
_CELL = ("--active-mass", "2.75 mg", "--area", "1.131 cm2", "--capacity", "3.35 mAh", "--window", "0.01 V", "1.5 V")


def _of(language: str, start: str) -> Block:
    (found,) = (block for block in blocks(language) if block.page == _PAGE and block.text.startswith(start))
    return found


def _answers(command: str) -> list[list[str]]:
    """The lines below each occurrence of a command."""
    shown = [block.text for block in blocks("sh") if block.page == _PAGE and f"$ {command}\n" in block.text]
    return [text.partition(f"$ {command}\n")[2].partition("$ ")[0].splitlines() for text in shown]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The reader's folder, with the files that the page tells to write."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "lab.yaml").write_text(_of("yaml", "lab:").text, encoding="utf-8")
    return tmp_path


def test_check_says_what_the_page_shows(folder: Path) -> None:
    wrong, right = _answers("cellbench check my_first.yaml")
    for language, lines, code in (("text", wrong, 1), ("yaml", right, 0)):
        (folder / "my_first.yaml").write_text(_of(language, "cellbench: 1").text, encoding="utf-8")
        result = CliRunner().invoke(cellbench, ["check", "my_first.yaml"])
        assert (result.exit_code, result.output.splitlines()) == (code, lines)


def test_plan_says_what_the_page_shows_but_for_the_hour(folder: Path) -> None:
    (shown,) = _answers("cellbench plan my_first.yaml --cell L1 --bench A1")
    (folder / "my_first.yaml").write_text(_of("yaml", "cellbench: 1").text, encoding="utf-8")
    result = CliRunner().invoke(cellbench, ["plan", "my_first.yaml", *_CELL, "--bench", "A1"])
    assert result.exit_code == 0, result.output
    said = result.output.replace("my-first on CELL", "my-first on L1").splitlines()
    assert [line.partition(" it is done")[0] for line in said] == [line.partition(" it is done")[0] for line in shown]
