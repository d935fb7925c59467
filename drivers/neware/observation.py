"""Seeing all channels in two exchanges, and following the instrument when its list of channels changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from drivers.contracts import ChannelId, ChannelState, ChannelStatus
from drivers.errors import Garbled, Refused
from drivers.neware.address import Address
from drivers.neware.answers import DataFile, Devices, LivePoint
from drivers.neware.channel_states import channel_state
from drivers.neware.client import BtsClient

__all__ = ["Observer"]


class Observer:
    """Knows the channels that the instrument listed last, and the record counts that it told last."""

    def __init__(self, client: BtsClient, temperature_aux: str | None) -> None:
        self._client = client
        self._temperature_aux = temperature_aux
        self._addresses: dict[ChannelId, Address] = {}
        self._listed_on = 0
        self._counts: dict[ChannelId, tuple[str, int]] = {}
        self._pause_expected: set[ChannelId] = set()

    def discover(self) -> Devices:
        """Ask which channels there are, and remember."""
        devices = self._client.devices()
        self._addresses = {address.channel: address for address in devices.addresses}
        self._listed_on = self._client.connection.opened
        return devices

    def address(self, channel: ChannelId) -> Address:
        """Return the address of a channel. Raises Refused where the instrument lists no such channel."""
        if channel not in self._addresses:
            self.discover()
        if channel not in self._addresses:
            known = ", ".join(self._addresses) or "none"
            raise Refused(f"there is no channel {channel}; the instrument has {known}")
        return self._addresses[channel]

    def observe(self) -> dict[ChannelId, ChannelStatus]:
        """Look at every channel. After a new connection, or where the answers do not fit, list them anew."""
        self._client.connection.open()
        if not self._addresses or self._listed_on != self._client.connection.opened:
            self.discover()
        statuses = self._look_at_all()
        self._counts = {
            channel: (status.test_id, status.records)
            for channel, status in statuses.items()
            if status.test_id is not None and status.records is not None
        }
        return self._with_reserved_pauses(statuses)

    def look(self, address: Address) -> ChannelStatus:
        """Look at one channel. Raises Garbled where the answer is about another."""
        statuses = self._look([address])
        if address.channel not in statuses:
            raise Garbled(f"inquire of {address.channel} was answered for {', '.join(statuses) or 'none'}")
        return statuses[address.channel]

    def count_seen(self, channel: ChannelId, test_id: str) -> int | None:
        """Return the records of this test when last observed; None: not known."""
        seen = self._counts.get(channel)
        return seen[1] if seen is not None and seen[0] == test_id else None

    def forget_count(self, channel: ChannelId) -> None:
        """Believe the count no longer: what it promised has been read."""
        self._counts.pop(channel, None)

    def expect_pause(self, channel: ChannelId) -> None:
        """From now on also ask whether this channel has a reserved pause."""
        self._pause_expected.add(channel)

    def _look_at_all(self) -> dict[ChannelId, ChannelStatus]:
        try:
            statuses = self._look(list(self._addresses.values()))
        except Garbled:  # a channel that went away: another number of items. What makes no sense still raises below
            statuses = {}
        if statuses.keys() != self._addresses.keys():
            self.discover()
            statuses = self._look(list(self._addresses.values()))
        silent = self._addresses.keys() - statuses.keys()
        return statuses | {c: ChannelStatus(c, ChannelState.UNKNOWN, "not answered") for c in sorted(silent)}

    def _look(self, addresses: Sequence[Address]) -> dict[ChannelId, ChannelStatus]:
        """Inquire first: a test that starts between the two shows as an old barcode with a new id, never reversed."""
        points = self._client.inquire(addresses, aux=self._temperature_aux is not None) if addresses else {}
        answered = [address for address in addresses if address.channel in points]
        files = self._client.data_files(answered) if answered else {}
        return {channel: self._status(points[channel], files[channel]) for channel in files}

    def _with_reserved_pauses(self, statuses: dict[ChannelId, ChannelStatus]) -> dict[ChannelId, ChannelStatus]:
        asked = [self._addresses[channel] for channel in statuses if channel in self._pause_expected]
        if not asked:
            return statuses
        # unconfirmed on hardware: reservepause 1 = a pause is reserved; a recording tells 1 for all sixteen channels,
        # so it is asked only of those where this driver reserved one
        told = self._client.states(asked)
        for channel, seen in told.items():
            statuses[channel] = replace(statuses[channel], pause_reserved=seen.reserved)
        self._pause_expected -= {
            c for c in told if statuses[c].state not in (ChannelState.RUNNING, ChannelState.UNKNOWN)
        }
        return statuses

    def _status(self, point: LivePoint, file: DataFile) -> ChannelStatus:
        return ChannelStatus(
            channel=point.channel,
            state=channel_state(point.workstatus),
            native_state=point.workstatus,
            tag=point.barcode,
            test_id=file.test_id,
            records=file.count if file.test_id is not None else None,
            records_complete=file.complete and file.test_id is not None,
            voltage_V=point.voltage_V,
            current_A=point.current_A,
            temperature_degC=point.aux_value(self._temperature_aux),
            cycle=point.cycle,
            step=point.step,
            step_time_s=point.relativetime_s,
        )
