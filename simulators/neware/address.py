"""Where a NEWARE channel is: device type, device, sub-device (unit) and channel."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ChannelAddress"]

_TEXT = re.compile(r"([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,9})-([0-9]{1,9})")
_NUMBER = re.compile(r"\s*([0-9]{1,9})\s*")


@dataclass(frozen=True, order=True, slots=True)
class ChannelAddress:
    """Four numbers; written ``27-21-1-1`` (devtype, devid, subdevid, chlid)."""

    devtype: int
    devid: int
    subdevid: int
    chlid: int

    def __str__(self) -> str:
        return f"{self.devtype}-{self.devid}-{self.subdevid}-{self.chlid}"

    @classmethod
    def parse(cls, text: str) -> ChannelAddress:
        """Read ``27-21-1-1``; raises ValueError."""
        if (match := _TEXT.fullmatch(text)) is None:
            raise ValueError(f"{text!r} is not a channel address such as 27-21-1-1")
        return cls(*(int(part) for part in match.groups()))

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, str]) -> ChannelAddress | None:
        """Read the four attributes of a request item; None where one is missing or no number."""
        found = [_NUMBER.fullmatch(attributes.get(name, "")) for name in ("devtype", "devid", "subdevid", "chlid")]
        numbers = [int(match.group(1)) for match in found if match is not None]
        return cls(*numbers) if len(numbers) == 4 else None

    def attributes(self) -> dict[str, str]:
        """As the attributes of a reply item, in the wire's order."""
        return {
            "devtype": str(self.devtype),
            "devid": str(self.devid),
            "subdevid": str(self.subdevid),
            "chlid": str(self.chlid),
        }
