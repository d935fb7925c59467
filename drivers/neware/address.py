"""Where a channel is: devtype, devid, subdevid and chlid, and the ip that getdevinfo tells with them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.contracts import ChannelId

__all__ = ["Address"]

_CHANNEL = re.compile(r"(\d+)-(\d+)-(\d+)-(\d+)(?:-\d+)?")  # inquire adds the aux id as a fifth number


@dataclass(frozen=True, slots=True)
class Address:
    """One channel, e.g. ``27-21-1-3``. Never guessed: addresses come from getdevinfo (devtype differs by device)."""

    devtype: int
    devid: int
    subdevid: int
    chlid: int
    ip: str = "127.0.0.1"

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read ``devtype-devid-subdevid-chlid``, with or without aux id. Raises ValueError."""
        match = _CHANNEL.fullmatch(text)
        if match is None:
            raise ValueError(f"{text!r} is no NEWARE channel; write devtype-devid-subdevid-chlid, e.g. 27-21-1-3")
        devtype, devid, subdevid, chlid = (int(number) for number in match.groups())
        return cls(devtype, devid, subdevid, chlid)

    @property
    def channel(self) -> ChannelId:
        """The channel's name, e.g. ``27-21-1-3``."""
        return f"{self.devtype}-{self.devid}-{self.subdevid}-{self.chlid}"

    def attributes(self, *, ip: bool = True) -> dict[str, str]:
        """As XML attributes, in the vendor's order."""
        numbers = {name: str(getattr(self, name)) for name in ("devtype", "devid", "subdevid", "chlid")}
        return {"ip": self.ip, **numbers} if ip else numbers
