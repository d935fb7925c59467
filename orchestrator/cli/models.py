"""Building a request from what was typed: what a model refuses is a line at the prompt, not a traceback."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from orchestrator.cli.refusal import CommandRefused

__all__ = ["build"]

_Model = TypeVar("_Model", bound=BaseModel)


def build(model: type[_Model], **values: Any) -> _Model:
    """The model with these values. Raises CommandRefused with one line for each value that is not acceptable."""
    try:
        return model(**values)
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, one['loc'])) or model.__name__}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
        raise CommandRefused(problems) from error
