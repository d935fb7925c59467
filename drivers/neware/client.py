"""The BTS Client's commands as typed calls: one request, one reply, nothing remembered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from drivers.errors import Garbled, Refused
from drivers.neware import requests
from drivers.neware.address import Address
from drivers.neware.answers import DataFile, Devices, LivePoint, LogRow, ReservedPause, StepRow, addresses_in
from drivers.neware.connection import Connection
from drivers.neware.download_rows import RowColumns, download_rows
from drivers.neware.replies import Reply, parse_reply

__all__ = ["BtsClient"]

_LATEST = "0"
_Answer = TypeVar("_Answer")


class BtsClient:
    """Every call raises Unreachable, Garbled or Refused (login; or as its line says)."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def devices(self) -> Devices:
        """``getdevinfo``: which channels there are. The flag in it differs in meaning between clients; not used."""

        def decode(reply: Reply) -> Devices:
            client = reply.root.find(".//client")
            return Devices(addresses_in(reply.root), client.get("version", "") if client is not None else "")

        return self._ask(requests.get_devinfo(), decode)

    def inquire(self, addresses: Sequence[Address], *, aux: bool = False) -> dict[str, LivePoint]:
        """``inquire``: live points by channel, matched by their own address, which is right here."""

        def decode(reply: Reply) -> dict[str, LivePoint]:
            points = [LivePoint.read(item) for item in reply.items()]
            return {point.channel: point for point in points}

        return self._ask(requests.inquire(addresses, aux=aux), decode)

    def data_files(self, addresses: Sequence[Address]) -> dict[str, DataFile]:
        """``inquiredf``: latest test and its rows by channel."""

        def decode(reply: Reply) -> dict[str, DataFile]:
            items = zip(addresses, reply.items_of(addresses), strict=True)
            return {address.channel: DataFile.read(item, address) for address, item in items}

        return self._ask(requests.inquire_datafile(addresses), decode)

    def states(self, addresses: Sequence[Address]) -> dict[str, ReservedPause]:
        """``getchlstatus``: states and reserved pauses, matched by order (its subdevid may be wrong)."""

        def decode(reply: Reply) -> dict[str, ReservedPause]:
            items = zip(addresses, reply.items_of(addresses), strict=True)
            return {address.channel: ReservedPause.read(item) for address, item in items}

        return self._ask(requests.channel_command("getchlstatus", addresses, tag="status"), decode)

    def start(self, address: Address, barcode: str, remote_path: str, backup_dir: str) -> bool:
        """``start``, sent once: False where the client says no (it gives no reason)."""
        return self._obeyed(requests.start(address, barcode, remote_path, backup_dir), [address])

    def stop(self, address: Address) -> bool:
        """``stop``: False also where nothing runs."""
        return self._obeyed(requests.channel_command("stop", [address]), [address])

    def resume(self, address: Address) -> bool:
        """``continue``."""
        return self._obeyed(requests.channel_command("continue", [address]), [address])

    def set_pause(self, address: Address, cycle: int = -1, step: int = -1) -> bool:
        """``setpause``: at a step of a cycle, or now."""
        return self._obeyed(requests.reserve_pause("setpause", address, cycle, step), [address])

    def cancel_pause(self, address: Address, cycle: int = -1, step: int = -1) -> bool:
        """``cancelpause``."""
        return self._obeyed(requests.reserve_pause("cancelpause", address, cycle, step), [address])

    def reserved_pauses(self, addresses: Sequence[Address]) -> list[dict[str, str]]:
        """``getpause``: what it tells of each channel, as attributes (the shape of its reply is not recorded)."""

        def decode(reply: Reply) -> list[dict[str, str]]:
            return [dict(item.attrib) for item in reply.items_of(addresses)]

        return self._ask(requests.channel_command("getpause", addresses), decode)

    def light(self, address: Address, *, on: bool) -> bool:
        """``light``: the channel's lamp, to find it in the rack."""
        return self._obeyed(requests.channel_command("light", [address], text=str(on).lower()), [address])

    def clear_flag(self, address: Address) -> bool:
        """``clearflag``: False where there was no flag."""
        return self._obeyed(requests.channel_command("clearflag", [address]), [address])

    def reset_alarm(self, address: Address) -> bool:
        """``resetalarm`` of the whole device of this channel."""
        return self._obeyed(requests.device_command("resetalarm", [address], tag="resetalarm"), [address])

    def broadcast_stop(self, address: Address) -> bool:
        """``broadcaststop``: every channel of the whole device of this channel."""
        return self._obeyed(requests.device_command("broadcaststop", [address], tag="stop"), [address])

    def download(self, address: Address, test_id: str, start_seq: int, count: int) -> RowColumns:
        """``download``: at most 1000 rows from ``start_seq`` (from 1) on. Raises Refused (no such test)."""
        request = requests.download(address, test_id, start_seq, count)

        def check(reply: Reply) -> None:
            _check_download(reply, address, test_id, start_seq)

        return self.connection.exchange(request, lambda frame: download_rows(frame, request.command, check))

    def step_layer(self, address: Address, test_id: str = _LATEST, *, dcir: bool = False) -> list[StepRow]:
        """``downloadStepLayer``: one row a completed step; resistances in it only on demand."""

        def decode(reply: Reply) -> list[StepRow]:
            return [StepRow.read(item) for item in reply.items()]

        return self._ask(requests.download_step_layer(address, test_id, dcir=dcir), decode)

    def log(self, address: Address, test_id: str = _LATEST) -> list[LogRow]:
        """``downloadlog``: at most 5000 rows."""

        def decode(reply: Reply) -> list[LogRow]:
            return [LogRow.read(item) for item in reply.items()]

        return self._ask(requests.download_log(address, test_id), decode)

    def _ask(self, request: requests.Request, decode: Callable[[Reply], _Answer]) -> _Answer:
        """Ask; decoding belongs to the exchange, so that a reply that makes no sense is asked for once more."""
        return self.connection.exchange(request, lambda frame: decode(parse_reply(frame, request.command)))

    def _obeyed(self, request: requests.Request, asked: Sequence[Address]) -> bool:
        def decode(reply: Reply) -> bool:
            words = {(item.text or "").strip() for item in reply.items_of(asked)}
            if words - {"ok", "true", "false"}:
                raise Garbled(f"{request.command} was answered with {sorted(words)}")
            return "false" not in words

        return self._ask(request, decode)


def _check_download(reply: Reply, address: Address, test_id: str, start_seq: int) -> None:
    """Raise Garbled unless the rows are those asked for; a late reply to an earlier chunk looks just like them."""
    head = reply.child("download")
    told = (head.text or "").strip()
    if told:  # an API of 2021 answers with the path of a file, or "false"
        raise Refused(f"download of test {test_id} of channel {address.channel} was answered with {told!r}")
    asked = {**address.attributes(ip=False), "startpos": str(start_seq)}
    if test_id != _LATEST:
        asked["testid"] = test_id
    for name, value in asked.items():
        if head.get(name) != value:
            raise Garbled(f"asked for {name}={value}, told {name}={head.get(name)!r} of channel {address.channel}")
