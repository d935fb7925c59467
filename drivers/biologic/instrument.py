"""One instrument in the process that owns EClib: the connection, and a tender for each channel."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.channel_report import ChannelReport
from drivers.biologic.channel_tender import ChannelTender
from drivers.biologic.eclib import Eclib
from drivers.biologic.error_codes import FATAL_FOR_CONNECTION, EclibError
from drivers.biologic.library import load_library
from drivers.errors import Garbled, Refused

__all__ = ["Instrument", "Settings"]

_DRAIN_s = 0.4
"""Wall seconds a look may spend on taking rows: an order must not wait longer."""
_CONNECT_MAX_s = 255
_DEVICES: Mapping[int, str] = {
    12: "VMP-300",
    16: "SP-300",
    20: "VSP-300",
    21: "SP-200",
    23: "SP-100",
    27: "SP-240",
    32: "BP-300",
}
"""The VMP-300 family; EClib's other devices are told by their codes."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What the driver tells its process at first."""

    library: str | None
    address: str
    timeout: float
    folder: Path


class Instrument:
    """Connects when something is asked of it, and anew after a failure of the connection."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._eclib = Eclib(load_library(settings.library, "EClib"))
        self._identity: dict[str, Any] = {}
        self._tenders: dict[int, ChannelTender] = {}
        self._turn = 0

    def identify(self) -> dict[str, Any]:
        """Connect if needed; tell who answers, and what its channels are."""
        self._ready()
        facts = {str(number): tender.facts.as_json() for number, tender in self._tenders.items()}
        return {**self._identity, "channels": facts}

    def observe(self, now_s: float) -> list[dict[str, Any]]:
        """Look at every channel, beginning with another one each time: whoever is last may find no time left."""
        self._ready()
        numbers = list(self._tenders)
        self._turn += 1
        begin = self._turn % max(1, len(numbers))
        deadline = time.monotonic() + _DRAIN_s
        found = {number: self._look(number, now_s, deadline) for number in numbers[begin:] + numbers[:begin]}
        return [found[number].as_json() for number in numbers]

    def look(self, channel: int, now_s: float) -> dict[str, Any]:
        """Look at one channel."""
        self._tender(channel)
        return self._look(channel, now_s, time.monotonic() + _DRAIN_s).as_json()

    def prepare(self, channel: int, tag: str, techniques: str, now_s: float) -> str:
        """Load a list on a free channel; returns the test's id."""
        return self._tender(channel).prepare(tag, techniques, now_s)

    def start(self, channel: int, test_id: str, now_s: float) -> None:
        """Start what was prepared, once."""
        self._tender(channel).start(test_id, now_s)

    def stop(self, channel: int, now_s: float) -> None:
        """Open circuit, verified. Asked for once more, over a new connection if need be: it may be asked for twice."""
        try:
            self._tender(channel).stop(now_s)
        except EclibError as error:
            if error.is_refusal:
                raise
            self.failed(error)
            self._tender(channel).stop(now_s)

    def load_firmware(self, channel: int, *, over_eclab: bool) -> None:
        """Load the kernel on one channel."""
        self._tender(channel).load_firmware(over_eclab=over_eclab)
        self._list_channels()

    def failed(self, error: EclibError) -> None:
        """Do not trust a connection again that has failed."""
        if error.code in FATAL_FOR_CONNECTION:
            self._eclib.disconnect()

    def close(self) -> None:
        """Let go of the connection and the files."""
        for tender in self._tenders.values():
            tender.owner.forget()
        self._eclib.disconnect()

    def _ready(self) -> None:
        if self._eclib.connected:
            return
        timeout = max(1, min(_CONNECT_MAX_s, int(self._settings.timeout / 2)))
        infos = self._eclib.connect(self._settings.address, timeout)
        code = infos.DeviceCode
        self._identity = {
            "model": _DEVICES.get(code, f"device {code}"),
            "version": f"EClib {self._eclib.version()}, firmware {infos.FirmwareVersion}",
        }
        self._list_channels()

    def _list_channels(self) -> None:
        """Ask which channels there are and what they can do; tenders of known ones go on."""
        known, self._tenders = self._tenders, {}
        for number in self._eclib.plugged():
            facts = self._facts(number)
            tender = known.pop(number, None) or ChannelTender(self._eclib, number, facts, self._settings.folder)
            tender.facts = facts
            self._tenders[number] = tender
        for gone in known.values():
            gone.owner.forget()

    def _facts(self, number: int) -> ChannelFacts:
        infos = self._eclib.channel_infos(number)
        default = ChannelFacts()
        board_type = self._eclib.board_type(number) or default.board_type
        if not infos.MemSize:  # not filled
            return ChannelFacts(board_type)
        return ChannelFacts(
            board_type=board_type,
            range_min=infos.MinIRange,
            range_max=infos.MaxIRange,
            amplifier=infos.AmpCode,
            amplifiers=infos.NbAmps,
            memory_bytes=infos.MemSize,
        )

    def _look(self, number: int, now_s: float, deadline: float) -> ChannelReport:
        """Look at one channel; what goes wrong with it alone must not hide the others."""
        trouble: Exception
        try:
            return self._tenders[number].look(now_s, deadline)
        except EclibError as error:
            if error.code in FATAL_FOR_CONNECTION:
                raise
            trouble = error
        except (Refused, Garbled) as error:
            trouble = error
        except OSError as error:
            trouble = OSError(f"the spool cannot be written: {error}")
        return ChannelReport(number, trouble=str(trouble), left=True)

    def _tender(self, channel: int) -> ChannelTender:
        self._ready()
        try:
            return self._tenders[channel]
        except KeyError:
            known = ", ".join(str(number + 1) for number in self._tenders) or "none"
            raise Refused(f"there is no channel {channel + 1}; the instrument has {known}") from None
