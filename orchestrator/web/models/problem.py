"""An error as RFC 9457 has it."""

from __future__ import annotations

from pydantic import BaseModel, Field

__all__ = ["Problem"]


class Problem(BaseModel):
    """Why a request was refused: ``detail`` is one line, ``problems`` one line for each thing that is wrong."""

    type: str = Field(
        default="about:blank", description="Always about:blank: the status says what kind of problem it is."
    )
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["cell L1 is not known; add it: cellbench cell add L1"])
    problems: list[str] = Field(examples=[["cell L1 is not known; add it: cellbench cell add L1"]])
