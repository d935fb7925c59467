"""Plans as versioned JSON: written once, at launch; read for as long as the run is kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from protocols.plan import Plan

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["PLAN_VERSION", "StoredPlanError", "dump_plan", "load_plan"]

PLAN_VERSION = 1


class StoredPlanError(ValueError):
    """What is stored is no plan that this version can read."""


def dump_plan(plan: Plan) -> dict[str, Any]:
    """Plain JSON values; floats keep every bit."""
    stored: dict[str, Any] = _adapter().dump_python(plan, mode="json")
    return stored


def load_plan(stored: Mapping[str, Any] | str | bytes) -> Plan:
    """Return the plan that was dumped, equal to it. Raises StoredPlanError."""
    from pydantic import ValidationError  # noqa: PLC0415 - only who stores plans pays for pydantic

    if isinstance(stored, str | bytes):
        try:
            stored = json.loads(stored)
        except ValueError as error:
            raise StoredPlanError(f"is no plan: {error}") from error
    if not isinstance(stored, Mapping):
        raise StoredPlanError("is no plan: not a JSON object")
    if stored.get("version") != PLAN_VERSION:
        raise StoredPlanError(f"a plan of version {stored.get('version')!r}, this reads {PLAN_VERSION}")
    try:
        return _adapter().validate_python(dict(stored))
    except ValidationError as error:
        detail = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, detail["loc"]))
        raise StoredPlanError(f"{where or 'the plan'}: {detail['msg']}") from error


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter  # noqa: PLC0415 - as above

    return TypeAdapter(Plan)
