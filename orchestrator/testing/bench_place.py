"""Where a cell of a virtual bench sits: the bench's name says on which instrument, and in which channel."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["NEWARE", "VSP300", "BenchPlace"]

NEWARE, VSP300 = "bts-1", "vsp-1"
_NAME = re.compile(r"(?P<family>[AP])(?P<number>[1-9]\d*)")


@dataclass(frozen=True, slots=True)
class BenchPlace:
    """``A3``: the third channel of the NEWARE cycler ``bts-1``; ``P2``: the second of the VSP-300 ``vsp-1``."""

    bench: str
    instrument: str
    number: int
    """Of the channel, from 1."""

    @classmethod
    def named(cls, bench: int | str) -> BenchPlace:
        """Return the place of a bench; a number alone is a NEWARE channel's. Raises ValueError."""
        name = f"A{bench}" if isinstance(bench, int) else bench
        found = _NAME.fullmatch(name)
        if found is None:
            raise ValueError(
                f"there is no bench {name!r}: A1, A2 … are channels of a NEWARE cycler, P1, P2 … of a VSP-300"
            )
        return cls(name, NEWARE if found["family"] == "A" else VSP300, int(found["number"]))

    @property
    def channel(self) -> str:
        """As the driver names it."""
        return f"27-21-1-{self.number}" if self.instrument == NEWARE else str(self.number)

    @property
    def virtual_channel(self) -> str:
        """As the virtual instrument names it: EClib counts from 0."""
        return self.channel if self.instrument == NEWARE else str(self.number - 1)
