"""Previews: a plan carried out on a model of the cell."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.web.models.protocol import PlanRequest
from orchestrator.web.sentences.reader import Sentence

__all__ = ["PreviewAnswer", "PreviewRequest"]


class PreviewRequest(PlanRequest):
    """A plan to carry out on a model; ``bench`` is not looked at."""

    formed: bool = Field(default=False, description="True: a cell that has been through the library's formation.")


class PreviewAnswer(BaseModel):
    """What the model of the cell did: a rehearsal of the protocol, not what a real cell does."""

    protocol: str = Field(examples=["rate-ladder"])
    cell: str = Field(
        description="What the model is of; what was not known of the cell is filled in.",
        examples=["sio_c_l, 2.75 mg, 1.131 cm², 1C = 3.347 mA, fresh"],
    )
    duration_s: float = Field(description="Of the whole.")
    shown_until_s: float = Field(description="How far the curves go: of many cycles, only the first ones.")
    cycles: int
    time_s: list[float] = Field(description="Of each sample, from the start.")
    voltage_V: list[float]
    current_A: list[float] = Field(description="Positive when charging.")
    remarks: list[Sentence] = Field(description="A protection that would end the test, a loop that ends early.")
