"""VSP-300 channels as a Cycler: composed of the process that owns EClib, the translator and the reader of spools."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from drivers.biologic.capabilities import capabilities
from drivers.biologic.channel_facts import ChannelFacts
from drivers.biologic.channel_report import ChannelReport
from drivers.biologic.checks import problems
from drivers.biologic.child_link import ChildLink
from drivers.biologic.decode import NO_POINTS, NO_RECORDS
from drivers.biologic.known_channels import KnownChannels
from drivers.biologic.limit_watch import wrong_cell
from drivers.biologic.look_pace import LookPace
from drivers.biologic.observation import channel_status
from drivers.biologic.options import BiologicOptions
from drivers.biologic.spool_reader import SpoolReader
from drivers.biologic.technique_list import MEDIA_TYPE, TechniqueList
from drivers.biologic.translate import translate
from drivers.contracts import (
    Batch,
    Capabilities,
    ChannelId,
    ChannelStatus,
    Cursor,
    Identity,
    Problem,
    Surroundings,
    TestHandle,
    Translation,
)
from drivers.errors import Refused, Unreachable
from protocols.program import Program

__all__ = ["BiologicCycler"]

_LOG = logging.getLogger(__name__)
_FIRMWARE_s = 120.0
"""Loading a kernel takes long; unconfirmed on hardware: how long."""
_PREPARE_A_TECHNIQUE_s = 1.0
"""For loading one and reading it back, beside the time-out of one call."""


class BiologicCycler:
    """All channels of one instrument. Blocking; for one worker thread. See :class:`drivers.contracts.Cycler`."""

    def __init__(self, name: str, options: BiologicOptions, surroundings: Surroundings) -> None:
        self.name = name
        folder = surroundings.state_dir
        settings = {
            "library": options.library,
            "address": options.address,
            "timeout": options.timeout,
            "folder": str(folder),
        }
        self.link = ChildLink(settings, options.timeout)
        self.peak_fill = 0.0
        """Largest part of a channel's memory that was in use at any look."""
        self._options = options
        self._now = surroundings.now
        self._known = KnownChannels(folder)
        self._reader = SpoolReader(folder)
        self._pace = LookPace()

    def identify(self) -> Identity:
        """Connect if needed and say who answers."""
        told = self._identify()
        return Identity("BioLogic", str(told["model"]), self._options.address, str(told["version"]))

    def channels(self) -> Sequence[ChannelId]:
        """Return the channels that hold a board, counted from 1 as EC-Lab does."""
        return [str(int(number) + 1) for number in self._identify()["channels"]]

    def capabilities(self, channel: ChannelId) -> Capabilities:
        """Return what the channel told of itself when it was last seen, within the ranges of the lab file."""
        return self._options.narrowed(capabilities(self._facts(channel)))

    def check(self, program: Program, channel: ChannelId) -> list[Problem]:
        """Return everything that would be refused. Pure."""
        return problems(program, self._facts(channel)) + self._options.problems(program)

    def translate(self, program: Program, channel: ChannelId) -> Translation:
        """Return the list of techniques and the step map. Pure. Raises Refused with all problems."""
        if found := self._options.problems(program):
            raise Refused("; ".join(map(str, found)))
        return translate(program, self._facts(channel))

    def start(self, channel: ChannelId, translation: Translation, tag: str) -> TestHandle:
        """Load, read back, then start ONCE.

        Raises Refused (busy, EC-Lab's, read back otherwise, the instrument said no) and Unreachable, whose ``sent``
        tells whether the start may have reached the instrument.
        """
        if translation.media_type != MEDIA_TYPE:
            raise Refused(f"{self._where(channel)} takes lists of techniques, not {translation.media_type}")
        number = _number(channel)
        listed = TechniqueList.load(translation.content)
        if self._load_firmware_if_needed(channel):
            self._refuse_wrong_cell(channel, listed)
        techniques = translation.content.decode("utf-8")
        now_s = self._now()
        more_s = _PREPARE_A_TECHNIQUE_s * len(listed.techniques)
        test_id = self._unsent("prepare", more_s, channel=number, tag=tag, techniques=techniques, now_s=now_s)
        self.link.call("start", channel=number, test_id=test_id, now_s=self._now())
        self._pace.soon()
        return TestHandle(channel, tag, str(test_id))

    def observe(self) -> Mapping[ChannelId, ChannelStatus]:
        """Return all channels in one round trip to the process, which takes what is in their memories to the spools."""
        now_s = self._now()
        reports = [ChannelReport.from_json(it) for it in self.link.call("observe", now_s=now_s)]
        self._pace.look(reports, now_s)
        self.peak_fill = max(self.peak_fill, *(report.peak_fill for report in reports), 0.0)
        statuses = [channel_status(report, self._reader) for report in reports]
        for status, report in zip(statuses, reports, strict=True):
            for remark in report.remarks:
                _LOG.info("%s: %s", self._where(status.channel), remark)
        return {status.channel: status for status in statuses}

    def read(self, handle: TestHandle, cursor: Cursor, limit: int = 100_000) -> Batch:
        """Return records after the cursor out of the spool; nothing is asked of the instrument."""
        if handle.test_id is None:
            return Batch(NO_RECORDS, cursor, spectra=NO_POINTS)
        return self._reader.read(_number(handle.channel), handle.test_id, cursor, limit)

    def pause(self, channel: ChannelId) -> None:
        """Raise Refused: EClib cannot pause a channel."""
        raise Refused(f"{self._where(channel)} cannot pause: EClib knows no pause; stop it, or let the segment end")

    def resume(self, channel: ChannelId) -> None:
        """Raise Refused, likewise."""
        raise Refused(f"{self._where(channel)} cannot go on: EClib knows no pause")

    def stop(self, channel: ChannelId) -> None:
        """Open circuit, verified by the channel's own state."""
        self.link.call("stop", channel=_number(channel), now_s=self._now())

    def look_within_s(self) -> float:
        """Return how soon the memories have to be emptied again."""
        return self._pace.within_s

    def close(self) -> None:
        """Let the process end; it finishes what it has in hand."""
        self.link.close()

    # ---- inside

    def _identify(self) -> dict[str, Any]:
        told: dict[str, Any] = self.link.call("identify")
        self._known.keep({int(number): ChannelFacts.from_json(facts) for number, facts in told["channels"].items()})
        return told

    def _facts(self, channel: ChannelId) -> ChannelFacts:
        return self._known.of(_number(channel))

    def _load_firmware_if_needed(self, channel: ChannelId) -> bool:
        """Look, and load the kernel where there is none. Over EC-Lab's only where the lab file says so."""
        report = ChannelReport.from_json(self._unsent("look", channel=_number(channel), now_s=self._now()))
        if report.trouble is not None:
            raise Refused(f"{self._where(channel)} is not understood: {report.trouble}")
        if report.firmware == "kernel":
            return False
        if report.firmware == "eclab" and not self._options.take_over:
            raise Refused(
                f"{self._where(channel)} belongs to EC-Lab; disconnect it there, or write take_over_from_ec_lab: yes"
            )
        if not self._options.load_firmware:
            raise Refused(f"{self._where(channel)} has no kernel loaded, and the lab file says load_firmware: no")
        over_eclab = report.firmware == "eclab"
        self._unsent("load_firmware", _FIRMWARE_s, channel=_number(channel), over_eclab=over_eclab)
        return True

    def _refuse_wrong_cell(self, channel: ChannelId, listed: TechniqueList) -> None:
        """Look at the cell, whose voltage nobody has seen before the kernel was there."""
        report = ChannelReport.from_json(self._unsent("look", channel=_number(channel), now_s=self._now()))
        if (wrong := wrong_cell(listed, report.voltage_V)) is not None:
            raise Refused(wrong)

    def _unsent(self, operation: str, more_s: float = 0.0, **arguments: object) -> Any:
        """Ask for something that starts nothing: whatever becomes of it, no start has been sent."""
        try:
            return self.link.call(operation, timeout=self._options.timeout + more_s, **arguments)
        except Unreachable as error:
            raise Unreachable(str(error), sent=False) from error

    def _where(self, channel: ChannelId) -> str:
        return f"{self.name}/{channel}"


def _number(channel: ChannelId) -> int:
    """Return EClib's number of a channel, from 0. Raises Refused for what is no channel."""
    if not (channel.isascii() and channel.isdigit() and int(channel)):
        raise Refused(f"there is no channel {channel!r}; channels are numbered from 1")
    return int(channel) - 1
