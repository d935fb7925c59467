"""``cellbench user``: people who may log in. It works on the database itself, so that there can be a first one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestrator.cli.options import actor_option, lab_option
from orchestrator.cli.refusal import CommandRefused
from orchestrator.cli.table import print_table

__all__ = ["user"]

_ROLES = ("viewer", "operator", "admin")
_from_stdin_option = click.option(
    "--password-stdin", "from_stdin", is_flag=True, help="Read the password from standard input, without asking."
)


@click.group("user")
def user() -> None:
    """Let people log in; only on the computer that has the database."""


@user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(_ROLES), required=True, help="What the person may do.")
@_from_stdin_option
@actor_option
@lab_option
def add(name: str, role: str, from_stdin: bool, actor: str, lab_path: Path | None) -> None:
    """Let NAME log in. The password is asked for, never an option: command lines can be read by others."""
    from orchestrator.cli.people_database import note, people_database
    from orchestrator.people.login_name import fits_as_name
    from orchestrator.people.role import Role
    from orchestrator.store.users import add_user

    if not fits_as_name(name):
        raise CommandRefused(f"name {name!r}: take lower-case letters, digits, `.`, `_`, `-` or `@`, at most 64")
    with people_database(lab_path) as people:
        encoded = _new_password(name, from_stdin)
        with people.writing() as connection:
            add_user(connection, name, Role(role), encoded, now=people.wall_unix_s)
            note(connection, people, actor, f"user {name} added as {role}")
    click.echo(f"{name} may log in as {role}")


@user.command("ls")
@lab_option
def ls(lab_path: Path | None) -> None:
    """List everybody."""
    from orchestrator.cli.people_database import people_database
    from orchestrator.store.users import list_users

    with people_database(lab_path) as people, people.reading() as connection:
        found = list_users(connection)
    rows = [(one.name, str(one.role), "may log in" if one.disabled_unix_s is None else "disabled") for one in found]
    print_table(("name", "role", "state"), rows, "nobody; add somebody: cellbench user add NAME --role admin")


@user.command("role", short_help="Give a person another role.")
@click.argument("name")
@click.argument("role", type=click.Choice(_ROLES))
@actor_option
@lab_option
def role(name: str, role: str, actor: str, lab_path: Path | None) -> None:
    """Give NAME another role; it counts from the next request on."""
    from orchestrator.cli.people_database import note, people_database
    from orchestrator.people.role import Role
    from orchestrator.store.users import set_role

    with people_database(lab_path) as people, people.writing() as connection:
        set_role(connection, name, Role(role))
        note(connection, people, actor, f"user {name}: role {role}")
    click.echo(f"{name} is {role}")


@user.command("password", short_help="Give a person another password.")
@click.argument("name")
@_from_stdin_option
@actor_option
@lab_option
def password(name: str, from_stdin: bool, actor: str, lab_path: Path | None) -> None:
    """Give NAME another password; sessions end, tokens stay."""
    from orchestrator.cli.people_database import note, people_database
    from orchestrator.store.users import change_password

    with people_database(lab_path) as people:
        encoded = _new_password(name, from_stdin)
        with people.writing() as connection:
            change_password(connection, name, encoded)
            note(connection, people, actor, f"user {name}: new password")
    click.echo(f"{name} has another password")


@user.command("disable", short_help="Shut a person out, at once.")
@click.argument("name")
@actor_option
@lab_option
def disable(name: str, actor: str, lab_path: Path | None) -> None:
    """Shut NAME out, at once: sessions end, tokens are revoked. The event log keeps the name."""
    from orchestrator.cli.people_database import note, people_database
    from orchestrator.store.users import disable_user

    with people_database(lab_path) as people, people.writing() as connection:
        disable_user(connection, name, now=people.wall_unix_s)
        note(connection, people, actor, f"user {name}: disabled")
    click.echo(f"{name} may not log in any more")


@user.command("enable", short_help="Let a person log in again.")
@click.argument("name")
@actor_option
@lab_option
def enable(name: str, actor: str, lab_path: Path | None) -> None:
    """Let NAME log in again, with the old password and without the old tokens."""
    from orchestrator.cli.people_database import note, people_database
    from orchestrator.store.users import enable_user

    with people_database(lab_path) as people, people.writing() as connection:
        enable_user(connection, name)
        note(connection, people, actor, f"user {name}: enabled")
    click.echo(f"{name} may log in again")


def _new_password(name: str, from_stdin: bool) -> str:
    """Hash of a password that a person typed twice, or a program once."""
    from orchestrator.people.password import hash_password, password_problem

    if from_stdin:
        typed = sys.stdin.readline().rstrip("\r\n")
    else:
        typed = click.prompt("password", hide_input=True, confirmation_prompt="once more")
    problem = password_problem(typed, name)
    if problem is not None:
        raise CommandRefused(problem)
    return hash_password(typed)
