"""One fault of a faults file: what happens to whom, when, how often and for how long."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from simulators.faults.amounts import Duration, EveryText, Share
from simulators.lab.section import Section

__all__ = ["FaultFile", "FaultSection", "OnSection"]

Nth = Annotated[int, Field(ge=1)]


def _several(value: object) -> object:
    """Let one word stand for a list of one; channels of a VSP-300 are numbers."""
    return value if isinstance(value, list) else [value]


def _words(value: object) -> object:
    return [str(one) if isinstance(one, int) and not isinstance(one, bool) else one for one in _as_list(value)]


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


Words = Annotated[tuple[str, ...], BeforeValidator(_words), Field(min_length=1)]


class OnSection(Section):
    """An event: the n-th exchange of a command, or the n-th start, step change or record of a channel."""

    command: str | None = None
    nth: Nth = Field(default=1, description="of the command's exchanges")
    start: Nth | None = None
    step_change: Nth | None = None
    record: Nth | None = None
    channel: Annotated[str | None, BeforeValidator(lambda value: None if value is None else str(value))] = None

    @model_validator(mode="after")
    def _one_event(self) -> Self:
        events = [name for name in ("command", "start", "step_change", "record") if getattr(self, name) is not None]
        if len(events) != 1:
            raise ValueError("must have one of command, start, step_change and record")
        if (self.command is None) == (self.channel is None):
            raise ValueError("start, step_change and record are events of a channel: add channel; a command has none")
        if self.command is None and "nth" in self.model_fields_set:
            raise ValueError(f"nth belongs to command; write {events[0]}: n")
        return self


class FaultSection(Section):
    """One fault. Without ``at`` and ``on`` it begins when the file is loaded."""

    name: Annotated[str, Field(min_length=1, max_length=120)] | None = None
    instrument: Words
    channel: Words | None = Field(default=None, description="that it happens to; absent: to the whole instrument")
    at: Duration | None = Field(default=None, description="lab time since the file was loaded")
    on: OnSection | None = None
    random: Share | None = Field(default=None, description="share of the exchanges that suffer it")
    every: EveryText | None = None
    commands: Words | None = Field(default=None, description="exchanges that count; absent: all")
    do: Annotated[tuple[Any, ...], BeforeValidator(_several), Field(min_length=1)]
    times: Nth | None = None
    lasting_s: Duration | None = Field(default=None, alias="for")

    @model_validator(mode="after")
    def _plain(self) -> Self:
        if self.at is not None and self.on is not None:
            raise ValueError("at and on both say when it begins; keep one")
        if self.random is not None and self.every is not None:
            raise ValueError("random and every both say how often; keep one")
        if self.on is not None and self.on.command is not None and self.commands is not None:
            raise ValueError("on names its command already; leave out commands")
        return self

    @property
    def title(self) -> str:
        """Its name, or what it does."""
        return self.name or ", ".join(_short(do) for do in self.do)


def _short(do: object) -> str:
    return ", ".join(f"{key} {value}" for key, value in do.items()) if isinstance(do, dict) else str(do)


class FaultFile(Section):
    """A whole faults file."""

    cellbench_faults: Literal[1]
    seed: Annotated[int, Field(ge=0, lt=1 << 63)] = 0
    faults: Annotated[tuple[FaultSection, ...], Field(min_length=1)]
