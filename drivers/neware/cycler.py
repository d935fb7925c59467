"""NEWARE channels as a Cycler: composed of the wire client, the step file writer and the record reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from drivers.contracts import (
    Batch,
    Capabilities,
    ChannelId,
    ChannelState,
    ChannelStatus,
    Cursor,
    Identity,
    Problem,
    TestHandle,
    Translation,
)
from drivers.errors import Refused
from drivers.neware.address import Address
from drivers.neware.channel_states import STARTABLE
from drivers.neware.checks import problems
from drivers.neware.client import BtsClient
from drivers.neware.connection import Connection
from drivers.neware.identity import identity_of
from drivers.neware.numbering import step_map
from drivers.neware.observation import Observer
from drivers.neware.options import NewareOptions
from drivers.neware.reader import RecordReader
from drivers.neware.records import NO_RECORDS
from drivers.neware.step_file import step_file
from protocols.program import Limits, Loop, Program, walk

__all__ = ["NewareCycler"]

_NO_REASON = "BTS gives no reason, its client's log may; "


class NewareCycler:
    """All channels behind one BTS Client. Blocking; for one worker thread. See :class:`drivers.contracts.Cycler`."""

    def __init__(self, name: str, options: NewareOptions) -> None:
        self.name = name
        self.client = BtsClient(Connection(options.endpoint, options.login))
        self._options = options
        self._observer = Observer(self.client, options.temperature_aux if options.inquire_aux else None)
        self._reader = RecordReader(self.client, options.zone, options.temperature_aux)

    def identify(self) -> Identity:
        """Return who answers."""
        return identity_of(self._observer.discover(), self._options.endpoint)

    def channels(self) -> Sequence[ChannelId]:
        """Return the channels, as getdevinfo tells them now."""
        return [address.channel for address in self._observer.discover().addresses]

    def capabilities(self, channel: ChannelId) -> Capabilities:  # noqa: ARG002  all channels of one lab file entry
        """Return the ranges of the lab file: the wire does not tell them."""
        return self._options.capabilities

    def check(self, program: Program, channel: ChannelId) -> list[Problem]:
        """Return everything that would be refused. Pure."""
        return problems(program, self.capabilities(channel))

    def translate(self, program: Program, channel: ChannelId) -> Translation:
        """Return the step file and the step map. Pure. Raises Refused with all problems."""
        found = self.check(program, channel)
        if found:
            raise Refused("; ".join(map(str, found)))
        return Translation(
            content=step_file(program, self._options.protection_delay_s),
            media_type="application/xml",
            step_map=step_map(program),
            watched_by_service=_watched_by_service(program),
        )

    def start(self, channel: ChannelId, translation: Translation, tag: str) -> TestHandle:
        """Look once more, put the step file, send ONE start.

        Raises Refused (busy, paused, unknown state, no step file, the instrument said no) and Unreachable, whose
        ``sent`` tells whether the start may have reached the instrument.
        """
        if self._options.steps is None:
            raise Refused(f"instrument {self.name} has no step_dir in the lab file: nothing can be started")
        address = self._observer.address(channel)
        self._refuse_unless_free(address)
        path = self._options.steps.put(tag, translation.content)
        if not self.client.start(address, tag, path, self._options.backup_dir):
            raise Refused(f"{self._where(channel)} refused to start {path}; {_NO_REASON}does the BTS PC see that file?")
        return TestHandle(channel, tag)  # neither start nor inquire tells the test id

    def observe(self) -> Mapping[ChannelId, ChannelStatus]:
        """Return all channels: inquire and inquiredf, and getchlstatus of those where a pause is reserved."""
        return self._observer.observe()

    def read(self, handle: TestHandle, cursor: Cursor, limit: int = 100_000) -> Batch:
        """Return records after the cursor; none as long as the test has no id.

        A count that ``observe`` saw saves the exchange that would find nothing; it is believed once.
        """
        if handle.test_id is None:
            return Batch(NO_RECORDS, cursor)
        count = self._observer.count_seen(handle.channel, handle.test_id)
        batch = self._reader.read(self._observer.address(handle.channel), handle.test_id, cursor, limit, count)
        if not batch.more:
            self._observer.forget_count(handle.channel)
        return batch

    def pause(self, channel: ChannelId) -> None:
        """Pause now. Raises Refused where nothing runs."""
        if not self.client.set_pause(self._observer.address(channel)):
            raise Refused(f"{self._where(channel)} refused to pause; {_NO_REASON}does a test run there?")

    def pause_before_cycle(self, channel: ChannelId, cycle: int, step: int) -> None:
        """Reserve a pause at the start of a step in a cycle (from 1). Raises Refused."""
        # unconfirmed on hardware: cycleid of setpause is taken to count from 1 like downloadStepLayer and inquire
        if not self.client.set_pause(self._observer.address(channel), cycle, step):
            raise Refused(f"{self._where(channel)} refused a pause at cycle {cycle}, step {step}; {_NO_REASON}")
        self._observer.expect_pause(channel)

    def resume(self, channel: ChannelId) -> None:
        """Go on after a pause. Raises Refused where nothing is paused."""
        if not self.client.resume(self._observer.address(channel)):
            raise Refused(f"{self._where(channel)} refused to go on; {_NO_REASON}is a test paused there?")

    def stop(self, channel: ChannelId) -> None:
        """Ask for open circuit. A no is no error: BTS says it where nothing runs; the engine looks at what is."""
        self.client.stop(self._observer.address(channel))

    def close(self) -> None:
        """Let go of the connection."""
        self.client.connection.close()

    def _refuse_unless_free(self, address: Address) -> None:
        status = self._observer.look(address)
        if status.state in STARTABLE:
            return
        what = f"test {status.test_id or '?'}, barcode {status.tag or 'none'}"
        if status.state is ChannelState.UNKNOWN:
            raise Refused(
                f"{self._where(address.channel)} tells the state {status.native_state!r}: not started ({what})"
            )
        raise Refused(f"{self._where(address.channel)} is busy ({status.native_state}: {what}); stop that first")

    def _where(self, channel: ChannelId) -> str:
        return f"{self.name}/{channel}"


def _watched_by_service(program: Program) -> tuple[str, ...]:
    """Name the limits that stand in the step file but that the channel can hold only with a sensor of its own."""
    own = [step.limits for step in walk(program.steps) if not isinstance(step, Loop) and step.limits is not None]
    lines = dict.fromkeys(line for limits in (program.limits, *own) for line in _temperature_line(limits))
    return tuple(lines)


def _temperature_line(limits: Limits) -> list[str]:
    low, high = limits.temperature_min_degC, limits.temperature_max_degC
    if low is None and high is None:
        return []
    bounds = " … ".join("" if bound is None else f"{bound:g}" for bound in (low, high)).strip()
    held = "held by the channel only where a temperature sensor is connected to it"
    return [f"temperature {bounds} degC: {held}"]
