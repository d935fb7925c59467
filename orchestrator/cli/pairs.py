"""Options of the form ``--set name=value``, given as often as needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

__all__ = ["pairs_option"]

_Command = TypeVar("_Command", bound=Callable[..., Any])


def pairs_option(flag: str, name: str, help_text: str) -> Callable[[_Command], _Command]:
    """An option whose values become one dictionary; usage error where there is no ``=``, or a name comes twice."""
    return click.option(flag, name, multiple=True, metavar="NAME=VALUE", callback=_to_dict, help=help_text)


def _to_dict(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for value in values:
        name, equals, text = value.partition("=")
        name = name.strip()
        if not equals or not name:
            raise click.BadParameter(f"{value!r} is not NAME=VALUE")
        if name in pairs:
            raise click.BadParameter(f"{name} is given twice")
        pairs[name] = text.strip()
    return pairs
