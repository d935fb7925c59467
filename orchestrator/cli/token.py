"""``cellbench token``: programs that ask in a person's name."""

from __future__ import annotations

from pathlib import Path

import click

from orchestrator.cli.options import actor_option, lab_option
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING

__all__ = ["token"]

_DAY_s = 86400.0


@click.group("token")
def token() -> None:
    """Make, list and revoke API tokens; only on the computer that has the database."""


@token.command("add", short_help="Make a token and print it once.")
@click.argument("user_name", metavar="USER")
@click.option("--label", required=True, help="What it is for.")
@click.option(
    "--role",
    type=click.Choice(("viewer", "operator", "admin")),
    default="viewer",
    show_default=True,
    help="The most that it may do; never more than USER.",
)
@click.option(
    "--days", type=click.IntRange(1, 730), default=90, show_default=True, help="It is valid for so many days."
)
@actor_option
@lab_option
def add(user_name: str, label: str, role: str, days: int, actor: str, lab_path: Path | None) -> None:
    """Make a token with which a program asks in USER's name, and print it: it is shown this once.

    The command line itself takes it from CELLBENCH_TOKEN.
    """
    from orchestrator.cli.people_database import note, people_database
    from orchestrator.people.role import Role
    from orchestrator.people.secret import fingerprint, new_token
    from orchestrator.store.tokens import add_token

    secret = new_token()
    with people_database(lab_path) as people, people.writing() as connection:
        now = people.wall_unix_s
        expires = now + days * _DAY_s
        made = add_token(connection, user_name, fingerprint(secret), label, Role(role), now=now, expires=expires)
        note(connection, people, actor, f"token {made.id} of {user_name} ({label}, {role}) made for {days} d")
    click.echo(secret)


@token.command("ls", short_help="List all tokens.")
@lab_option
def ls(lab_path: Path | None) -> None:
    """List all tokens, newest first; no secret is kept anywhere."""
    from orchestrator.cli.people_database import people_database
    from orchestrator.store.tokens import list_tokens

    with people_database(lab_path) as people, people.reading() as connection:
        found = list_tokens(connection)
    now = people.wall_unix_s
    rows = [
        (
            str(one.id),
            one.user_name,
            one.label,
            str(one.role),
            _state(one.revoked_unix_s, one.expires_unix_s, now),
            NOTHING if one.used_unix_s is None else f"{(now - one.used_unix_s) / _DAY_s:.0f} d ago",
        )
        for one in found
    ]
    print_table(("token", "user", "label", "role", "state", "used"), rows, "no tokens")


@token.command("revoke")
@click.argument("token_id", metavar="TOKEN", type=click.IntRange(1))
@actor_option
@lab_option
def revoke(token_id: int, actor: str, lab_path: Path | None) -> None:
    """End a token, at once."""
    from orchestrator.cli.people_database import note, people_database
    from orchestrator.store.tokens import revoke_token

    with people_database(lab_path) as people, people.writing() as connection:
        revoked = revoke_token(connection, token_id, now=people.wall_unix_s)
        note(connection, people, actor, f"token {token_id} of {revoked.user_name} ({revoked.label}) revoked")
    click.echo(f"token {token_id} ({revoked.label}) is revoked")


def _state(revoked_unix_s: float | None, expires_unix_s: float, now: float) -> str:
    if revoked_unix_s is not None:
        return "revoked"
    return "expired" if expires_unix_s <= now else f"{(expires_unix_s - now) / _DAY_s:.0f} d left"
