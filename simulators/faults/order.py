"""One fault on one instrument, as it is carried out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from simulators.faults.doing import Befall, Doing, Spoil
from simulators.faults.fault_section import FaultSection
from simulators.lab.instrument import VirtualInstrument

__all__ = ["Order"]


@dataclass(frozen=True, slots=True)
class Order:
    """A section of the file, understood by an instrument."""

    section: FaultSection
    instrument_name: str
    instrument: VirtualInstrument
    doings: tuple[Doing[Any], ...]
    texts: tuple[str, ...]
    """What each of them is called in the file."""
    commands: tuple[str, ...]
    dice: np.random.Generator

    @property
    def at_exchanges(self) -> bool:
        """Whether it waits for an exchange, rather than happening at an instant."""
        section = self.section
        every_exchanges = section.every is not None and section.every.exchanges is not None
        chosen = section.random is not None or section.commands is not None or every_exchanges
        return chosen or self.on_command or any(isinstance(doing, Spoil) for doing in self.doings)

    @property
    def on_command(self) -> bool:
        """Whether it begins with an exchange."""
        return self.section.on is not None and self.section.on.command is not None

    @property
    def spoils(self) -> bool:
        """Whether exchanges suffer from it."""
        return any(isinstance(doing, Spoil) for doing in self.doings)

    @property
    def times(self) -> int | None:
        """How often it happens once it has begun; None: without end."""
        section = self.section
        if section.times is not None:
            return section.times
        every_exchanges = section.every is not None and section.every.exchanges is not None
        endless = section.random is not None or every_exchanges or (section.lasting_s is not None and self.spoils)
        return None if endless else 1

    def text(self, doing: Doing[Any]) -> str:
        """What one of its doings is called."""
        return self.texts[self.doings.index(doing)]

    def mistake(self) -> tuple[str, str] | None:
        """Return a key and what is wrong with it; None where the whole makes sense."""
        section = self.section
        lasting = section.lasting_s is not None
        if lasting and any(isinstance(doing, Befall) and not doing.lasting for doing in self.doings):
            return "for", "this cannot be undone; leave it out"
        if section.times is not None and not self.at_exchanges and section.every is None:
            return "times", "this happens at one instant; add every: and a duration, or leave it out"
        return None
