"""What a channel told of itself: all that translating and checking need to know. JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from drivers.biologic.current_ranges import BOOSTER, current_ranges
from drivers.contracts import CurrentRange
from drivers.errors import Garbled

__all__ = ["ChannelFacts"]

_BOOSTERS_A: Mapping[int, float] = {20: 1.0, 21: 4.0, 27: 10.0, 28: 2.0, 129: 1.0}
"""Largest current by amplifier code: 1A48V, 4A14V, 10A5V, 2A30V, 1A48VP."""
# unconfirmed on hardware: that boosters of one channel add up, and that MaxIRange is then 11


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """From GetChannelBoardType and GetChannelInfos. Defaults: a VSP-300 board without booster, never seen."""

    board_type: int = 2
    """1 Essential, 2 Premium (VSP-300), 3 Premium-P."""
    range_min: int = 2
    """``MinIRange``: code of the smallest current range."""
    range_max: int = 10
    """``MaxIRange``."""
    amplifier: int = 0
    """``AmpCode``; 0 none."""
    amplifiers: int = 0
    """``NbAmps``."""
    memory_bytes: int = 4 * 2**20
    """``MemSize``."""

    @property
    def ranges(self) -> dict[int, CurrentRange]:
        """Current ranges by their codes, the smallest first."""
        booster_A = _BOOSTERS_A.get(self.amplifier, 0.0) * max(1, self.amplifiers)
        greatest = self.range_max if self.range_max != BOOSTER else 10
        return current_ranges(self.range_min, greatest, booster_A)

    def as_json(self) -> dict[str, int]:
        """Return its JSON form."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: Mapping[str, object]) -> ChannelFacts:
        """Read what :meth:`as_json` returned. Raises Garbled."""
        known = {field.name for field in fields(cls)}
        wrong = [name for name, value in document.items() if name not in known or type(value) is not int]
        if wrong:
            raise Garbled(f"facts of a channel have no whole number {wrong[0]!r}")
        return cls(**{name: value for name, value in document.items() if isinstance(value, int)})
