"""Versions of protocols: what was launched or saved, by the hash of its text; and unicycler files."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from orchestrator.web.models.fields import Actor, Name, PrintableText, Source

__all__ = [
    "ContentHash",
    "ImportAnswer",
    "ImportRequest",
    "NewVersion",
    "PathHash",
    "UnicyclerAnswer",
    "VersionAnswer",
    "VersionText",
]

ContentHash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
_EXAMPLE = "3f2a" * 16
PathHash = Annotated[ContentHash, Path(description="SHA-256 of the text's UTF-8 bytes.", examples=[_EXAMPLE])]


class VersionAnswer(BaseModel):
    """One version, without its text."""

    model_config = ConfigDict(from_attributes=True)

    sha256: str = Field(description="Of the text's UTF-8 bytes.", examples=[_EXAMPLE])
    name: str = Field(examples=["my-ladder"])
    version: int | None = Field(description="The how many-th of its name; None: only in the library.", examples=[3])
    created_unix_s: float | None = Field(description="When it was first launched or saved.")
    created_by: str | None = Field(description="None: nobody noted it.", examples=["anna"])
    parent_sha256: str | None = Field(description="The version that it was edited from.")
    note: str | None = Field(examples=["half the rate"])


class VersionText(VersionAnswer):
    """One version with its text."""

    library: bool = Field(description="Whether this very text comes with cellbench.")
    source: Source


class NewVersion(BaseModel):
    """A text to keep as a version of the protocol that it names. Nothing is launched."""

    model_config = ConfigDict(extra="forbid")

    source: Source
    parent: ContentHash | None = Field(default=None, description="The version that it was edited from.")
    newest_known: ContentHash | None = Field(
        default=None, description="The newest version that its author has seen, where that is not the parent."
    )
    note: PrintableText = Field(default="", description="What was changed, and why.", examples=["half the rate"])
    actor: Actor = ""


class ImportRequest(BaseModel):
    """A protocol of aurora-unicycler."""

    model_config = ConfigDict(extra="forbid")

    content: Source = Field(description="The JSON file as text.")
    name: Name = Field(default="protocol.json", description="Stands for the file in messages, and gives the name.")


class ImportAnswer(BaseModel):
    """The text of a protocol file; nothing is stored."""

    source: str
    remarks: list[str] = Field(description="What somebody should look at; it stands in the text as well.")


class UnicyclerAnswer(BaseModel):
    """A plan as aurora-unicycler reads it."""

    name: str = Field(description="For a file.", examples=["my-ladder.json"])
    content: dict[str, Any] = Field(description="What ``CyclingProtocol.from_dict`` reads.")
    remarks: list[str] = Field(description="What it does not say.")
