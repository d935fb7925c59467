"""Finding BTS Clients: each address is asked who it is, many at a time, with short time limits."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace

from drivers.contracts import ChannelId, Identity
from drivers.errors import DriverError
from drivers.neware.client import BtsClient
from drivers.neware.connection import Connection, Endpoint, Login
from drivers.neware.identity import identity_of
from drivers.neware.options import endpoint_of

__all__ = ["ADDRESSES_MAX", "LAB_FILE_OPTIONS", "FoundClient", "addresses_in", "ask", "ask_all"]

ADDRESSES_MAX = 256
"""One look at one small network; whoever needs more names the hosts."""
_CONNECT_TIMEOUT_s = 1.0
_TIMEOUT_s = 5.0
_AT_ONCE = 32
LAB_FILE_OPTIONS = {
    "time_zone": "FILL-IN",
    "step_dir": "steps",
    "remote_step_dir": "'D:\\steps'",
    "channel": "{voltage: [-5 V, 5 V], current: 50 mA}",
}
"""What a lab file needs and the wire does not tell: the PC's zone, its folders, the channels' ranges; as YAML."""


@dataclass(frozen=True, slots=True)
class FoundClient:
    """A BTS Client that has said who it is."""

    identity: Identity
    channels: tuple[ChannelId, ...]


def addresses_in(text: str) -> list[str]:
    """Return ``host:port`` of a host or of every host of a network (``192.0.2.0/28``), with ``:PORT`` where not 502.

    Raises ValueError with the remedy.
    """
    if "/" not in text:
        return [str(endpoint_of(text))]
    written, _, port = text.partition(":")
    try:
        network = ipaddress.IPv4Network(written)
    except ValueError as error:
        raise ValueError(f"{text!r} is no network: {error}; write e.g. 192.0.2.0/28") from error
    if network.num_addresses > ADDRESSES_MAX:
        raise ValueError(f"{text} has {network.num_addresses} addresses; name at most {ADDRESSES_MAX}, e.g. a /24")
    return [str(endpoint_of(f"{host}:{port}" if port else str(host))) for host in network.hosts()]


def ask(endpoint: Endpoint, login: Login | None) -> FoundClient:
    """Ask one address who it is. Raises Unreachable, Garbled (something else listens there), Refused (login)."""
    quick = replace(
        endpoint,
        connect_timeout=min(endpoint.connect_timeout, _CONNECT_TIMEOUT_s),
        timeout=min(endpoint.timeout, _TIMEOUT_s),
    )
    with closing(Connection(quick, login)) as connection:
        devices = BtsClient(connection).devices()
    return FoundClient(identity_of(devices, endpoint), tuple(address.channel for address in devices.addresses))


def ask_all(asked: Sequence[tuple[Endpoint, Login | None]]) -> list[FoundClient | DriverError]:
    """Ask every address, many at a time; each answer, or why there is none, in the order of the addresses."""
    if not asked:
        return []
    with ThreadPoolExecutor(min(_AT_ONCE, len(asked)), thread_name_prefix="discover") as pool:
        return list(pool.map(_answer, asked))


def _answer(asked: tuple[Endpoint, Login | None]) -> FoundClient | DriverError:
    try:
        return ask(*asked)
    except DriverError as error:
        return error
