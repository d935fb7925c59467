"""A Binder MB2 for tests, from its interface description and not from the driver's table."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from tests.drivers.chamber.tcp_peer import Peer, modbus_frames

PROCESS, ACTIVE_SET_POINT, SET_POINT, CONTACTS, ACTIVE_CONTACTS = 0x1004, 0x10B2, 0x114C, 0x1158, 0x1292
DRYER, IDLE = 1 << 8, 1 << 1


@dataclass
class Binder:
    """Registers; the active ones follow at once."""

    registers: dict[int, int] = field(default_factory=lambda: {CONTACTS: DRYER | IDLE, ACTIVE_CONTACTS: DRYER | IDLE})

    def __post_init__(self) -> None:
        for address, value in {PROCESS: 24.93, ACTIVE_SET_POINT: 25.0, SET_POINT: 25.0}.items():
            high, low = struct.unpack(">HH", struct.pack(">f", value))
            self.registers |= {address: low, address + 1: high}

    def peer(self) -> Peer:
        return Peer(modbus_frames, self._answer)

    def _answer(self, request: bytes) -> bytes:
        function, (address, value) = request[7], struct.unpack(">HH", request[8:12])
        if function == 3:
            words = [self.registers.get(address + offset, 0) for offset in range(value)]
            body = struct.pack(f">BB{value}H", 3, 2 * value, *words)
        else:
            words = list(struct.unpack(f">{value}H", request[13:])) if function == 16 else [value]
            self.registers |= {address + offset: word for offset, word in enumerate(words)}
            followers = {SET_POINT: ACTIVE_SET_POINT, CONTACTS: ACTIVE_CONTACTS}
            self.registers |= {followers[address] + offset: word for offset, word in enumerate(words)}
            body = request[7:12]
        return request[:4] + struct.pack(">HB", len(body) + 1, request[6]) + body
