"""One page of a longer list."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, Field

__all__ = ["Page"]

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Items ``offset`` … ``offset + limit`` of ``total``."""

    items: list[Item]
    total: int = Field(description="How many there are in all.", examples=[42])
    limit: int = Field(examples=[50])
    offset: int = Field(examples=[0])
