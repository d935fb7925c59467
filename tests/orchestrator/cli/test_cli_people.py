"""``cellbench user`` and ``cellbench token``, and a command line that asks with a token."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli import cellbench
from orchestrator.config import Lab
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.served import served

PASSWORD = "copper foil at noon"


@pytest.fixture
def guarded(tmp_path: Path) -> Lab:
    lab = make_lab(tmp_path, login="required")
    fill(lab)
    return lab


@pytest.fixture
def url(guarded: Lab) -> Iterator[str]:
    with served(guarded) as (address, _):
        yield address


def ask(lab: Lab, *arguments: str, typed: str = "", **environment: str) -> Result:
    runner = CliRunner(env={"CELLBENCH_LAB": str(lab.path), **environment})
    return runner.invoke(cellbench, list(arguments), input=typed)


def test_the_first_admin_and_a_token_for_the_command_line(guarded: Lab, url: str) -> None:
    refused = ask(guarded, "cell", "ls", CELLBENCH_URL=url)
    assert refused.exit_code == 1
    assert "log in first" in refused.stderr
    assert "CELLBENCH_TOKEN" in refused.stderr

    added = ask(guarded, "user", "add", "anna", "--role", "admin", typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert added.exit_code == 0, added.output
    made = ask(guarded, "token", "add", "anna", "--label", "prompt", "--role", "operator")
    assert made.exit_code == 0, made.output
    token = made.stdout.strip()

    listed = ask(guarded, "cell", "ls", CELLBENCH_URL=url, CELLBENCH_TOKEN=token)
    assert listed.exit_code == 0, listed.output
    assert "L1" in listed.stdout
    assert ask(guarded, "token", "revoke", "1").exit_code == 0
    assert ask(guarded, "cell", "ls", CELLBENCH_URL=url, CELLBENCH_TOKEN=token).exit_code == 1


def test_an_empty_database_gets_its_tables_with_the_first_person(tmp_path: Path) -> None:
    lab = make_lab(tmp_path, login="required")
    added = ask(lab, "user", "add", "anna", "--role", "admin", "--password-stdin", typed=f"{PASSWORD}\n")

    assert added.exit_code == 0, added.output
    assert "anna  admin  may log in" in ask(lab, "user", "ls").stdout


@pytest.mark.parametrize(
    ("arguments", "typed", "says"),
    [
        (("user", "add", "Anna B", "--role", "admin"), "", "take lower-case letters"),
        (("user", "add", "anna", "--role", "admin", "--password-stdin"), "short\n", "take at least 10"),
        (("user", "role", "nobody", "viewer"), "", "there is no user nobody"),
        (("user", "disable", "nobody"), "", "there is no user nobody"),
        (("token", "add", "nobody", "--label", "x"), "", "there is no user nobody"),
        (("token", "revoke", "9"), "", "there is no token 9"),
    ],
)
def test_what_is_wrong_is_one_line(guarded: Lab, arguments: tuple[str, ...], typed: str, says: str) -> None:
    result = ask(guarded, *arguments, typed=typed)

    assert result.exit_code == 1
    assert says in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_roles_passwords_and_the_last_admin(guarded: Lab) -> None:
    for name, role in (("anna", "admin"), ("li", "viewer")):
        arguments = ("user", "add", name, "--role", role, "--password-stdin")
        assert ask(guarded, *arguments, typed=f"{PASSWORD}\n").exit_code == 0
    assert "only admin" in ask(guarded, "user", "disable", "anna").stderr
    assert "only admin" in ask(guarded, "user", "role", "anna", "viewer").stderr
    assert ask(guarded, "user", "role", "li", "operator").stdout == "li is operator\n"
    assert ask(guarded, "user", "password", "li", "--password-stdin", typed="quite another one\n").exit_code == 0
    assert ask(guarded, "user", "disable", "li").exit_code == 0
    assert "li    operator  disabled" in ask(guarded, "user", "ls").stdout
    assert ask(guarded, "user", "enable", "li").stdout == "li may log in again\n"
    assert ask(guarded, "token", "ls").stdout.strip() != ""


def test_a_token_that_cannot_be_one_is_told_before_anything_is_sent(guarded: Lab) -> None:
    result = ask(guarded, "cell", "ls", CELLBENCH_URL="http://127.0.0.1:9", CELLBENCH_TOKEN="ключ")

    assert "the token holds a character that none has" in result.stderr
