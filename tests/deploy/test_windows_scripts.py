"""The scripts for Windows are PowerShell, change nothing without asking, and install what exists."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from tests.deploy.places import DEPLOY, unknown_words

_FOLDER = DEPLOY / "windows"
_SCRIPTS = sorted(path.name for path in _FOLDER.glob("*.ps1"))
_POWERSHELL = Parser(Language(tree_sitter_powershell.language()))
_CHANGES = re.compile(
    r"^(New-(?!Object|ScheduledTask(Action|Trigger|Principal|SettingsSet))|Set-(?!StrictMode)|Remove-|Register-|Unregister-|Copy-|"
    r"Start-(?!Sleep)|Stop-(?!WithReason)|Restart-|Invoke-CimMethod|Invoke-Program)"
)
_OURS = {"Stop-WithReason", "Invoke-Change", "Start-LabServices"}


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _tree(name: str) -> Node:
    return _POWERSHELL.parse((_FOLDER / name).read_bytes()).root_node


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _commands(root: Node) -> Iterator[tuple[str, Node]]:
    for node in _walk(root):
        if node.type == "command_name":
            yield _text(node), node


def _asked_first(node: Node | None) -> bool:
    """True below ``Invoke-Change … { }`` or ``if ($PSCmdlet.ShouldProcess(…)) { }``."""
    while node is not None:
        if node.type == "command" and _text(node).startswith("Invoke-Change"):
            return True
        if node.type == "if_statement" and "ShouldProcess" in _text(node).partition("{")[0]:
            return True
        node = node.parent
    return False


@pytest.mark.parametrize("name", _SCRIPTS)
def test_it_is_powershell(name: str) -> None:
    broken = [
        f"line {node.start_point.row + 1}: {_text(node)}"
        for node in _walk(_tree(name))
        if node.is_error or node.is_missing
    ]
    assert broken == []


def test_the_parser_sees_a_bracket_that_is_missing() -> None:
    tree = _POWERSHELL.parse(b"function F {\n    if ($a) { Write-Output 'x'\n}\n")
    assert tree.root_node.has_error


@pytest.mark.parametrize("name", _SCRIPTS)
def test_what_if_changes_nothing(name: str) -> None:
    root = _tree(name)
    functions = {_text(node) for node in _walk(root) if node.type == "function_name"}
    bare = [
        f"line {node.start_point.row + 1}: {command}"
        for command, node in _commands(root)
        if _CHANGES.match(command) and command not in functions | _OURS and not _asked_first(node)
    ]
    assert bare == []
    assert "SupportsShouldProcess = $true" in _text(root)


@pytest.mark.parametrize("name", _SCRIPTS)
def test_it_asks_for_an_administrator_and_stops_at_the_first_error(name: str) -> None:
    text = (_FOLDER / name).read_text(encoding="utf-8")
    assert "#Requires -RunAsAdministrator" in text
    assert "$ErrorActionPreference = 'Stop'" in text
    assert "Set-StrictMode -Version Latest" in text


def test_a_program_that_fails_is_not_passed_over() -> None:
    """Native programs raise nothing in PowerShell: each goes through Invoke-Program, or its exit code is looked at."""
    lines = (_FOLDER / "install.ps1").read_text(encoding="utf-8").splitlines()
    calls = [
        number for number, line in enumerate(lines) if re.search(r"(^|= )\s*& \S", line) and "& $Change" not in line
    ]
    assert len(calls) == 5
    assert [lines[number] for number in calls if "$LASTEXITCODE" not in lines[number + 1]] == []


def test_the_services_run_commands_that_are_installed() -> None:
    text = (_FOLDER / "install.ps1").read_text(encoding="utf-8")
    for command in re.findall(r"Command = '(\w+)'", text):
        assert unknown_words(f"{command} --lab x") == []


def test_nothing_is_installed_whose_checksum_nobody_gave() -> None:
    text = (_FOLDER / "install.ps1").read_text(encoding="utf-8")
    assert "ValidatePattern('^[0-9A-Fa-f]{64}$')] [string] $ShawlSha256" in text
    assert text.index("\nTest-Prerequisites\n") < text.index("\nInstall-Program ")
    assert "http://" not in text + (_FOLDER / "uninstall.ps1").read_text(encoding="utf-8")
    assert [path.name for path in _FOLDER.iterdir() if path.suffix != ".ps1"] == []


def test_accounts_have_no_password_and_no_rights_of_the_system() -> None:
    text = (_FOLDER / "install.ps1").read_text(encoding="utf-8")
    assert 'StartName = "NT SERVICE\\$name"' in text
    assert "StartPassword" not in text
    assert "LocalSystem" not in text
