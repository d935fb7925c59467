"""Parameters of a protocol, before it is launched."""

from __future__ import annotations

from pydantic import BaseModel, Field

from orchestrator.web.sentences.reader import Sentence

__all__ = ["ParameterAnswer", "ParametersAnswer"]


class ParameterAnswer(BaseModel):
    """One parameter with its default."""

    name: str = Field(examples=["rates"])
    default: str = Field(description="Written as in the file.", examples=["[0.2 A/g, 0.5 A/g, 1 A/g]"])
    kind: str | None = Field(description="What it is a quantity of; None: a number, or a text.", examples=["current"])
    examples: Sentence | None = Field(description="How such a quantity is written.", examples=["0.2 A/g, 5 mA or 1C"])


class ParametersAnswer(BaseModel):
    """What a protocol is, and what may be chosen at its launch."""

    name: str = Field(examples=["rate-ladder"])
    file: str = Field(description="Stands for it in messages.", examples=["rate_ladder.yaml"])
    description: str
    sha256: str
    parameters: list[ParameterAnswer]
