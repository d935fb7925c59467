"""Several dataclasses that say by ``kind`` which they are: what reads them from JSON tries that one and no other."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler
    from pydantic_core import CoreSchema

__all__ = ["ByKind"]


class ByKind:
    """Beside a union, ``Annotated[Step, ByKind()]``: a plan is read five times as fast as by trying each.

    ``pydantic.Discriminator`` would do the same, but whoever makes programs would have to load pydantic.
    """

    def __get_pydantic_core_schema__(self, union: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """A tagged union of the members."""
        from pydantic_core import core_schema  # noqa: PLC0415 - as above

        members = {_kind(member): handler.generate_schema(member) for member in get_args(union)}
        return core_schema.tagged_union_schema(members, discriminator="kind")


def _kind(member: Any) -> str:
    (kind,) = (field.default for field in fields(member) if field.name == "kind")
    return str(kind)
