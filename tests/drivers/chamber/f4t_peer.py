"""A Watlow F4T for tests, from its data sheet and not from the driver's tables: one state behind Modbus and SCPI."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from tests.drivers.chamber.tcp_peer import Peer, lines, modbus_frames

EVENT_1, UNIT, CONTROL_MODE, ACTIVE_MODE = 16594, 6730, 2730, 2814
LIMIT_LOW, LIMIT_HIGH, SET_POINT, ACTIVE_SET_POINT, PROCESS = 2774, 2776, 2782, 2810, 2820
RAMP_ACTION, RAMP_SCALE, RAMP_RATE, OUTPUT = 2794, 2796, 2798, 2808
ALARM_1, ALARM_2, LIMIT_STATUS, PROFILE_STATE, PROFILE_ACTION = 1356, 1456, 11264, 16568, 16566
FLOATS = (LIMIT_LOW, LIMIT_HIGH, SET_POINT, RAMP_RATE, OUTPUT, ACTIVE_SET_POINT, PROCESS)
WRITABLE = (EVENT_1, CONTROL_MODE, SET_POINT, RAMP_ACTION, RAMP_SCALE, RAMP_RATE, PROFILE_ACTION)
PART_NUMBER = "F4T1L1EAA1B1AAA"


@dataclass
class F4t:
    """All numbers as the controller shows them, in its own unit."""

    low_word_first: bool = True
    gaps_refused: bool = False
    values: dict[int, float] = field(
        default_factory=lambda: {
            EVENT_1: 62, UNIT: 15, CONTROL_MODE: 10, ACTIVE_MODE: 10, LIMIT_LOW: -40.0, LIMIT_HIGH: 150.0,
            SET_POINT: 25.0, ACTIVE_SET_POINT: 25.0, PROCESS: 24.93, RAMP_ACTION: 62, RAMP_SCALE: 57, RAMP_RATE: 0.0,
            OUTPUT: 12.5, ALARM_1: 61, ALARM_2: 88, LIMIT_STATUS: 1667, PROFILE_STATE: 251, PROFILE_ACTION: 61,
        }
    )  # fmt: skip
    deaf: set[int] = field(default_factory=set)
    """Addresses whose writes are taken and do nothing, as a controller does that is locked at its panel."""
    written: list[tuple[int, float]] = field(default_factory=list)

    def set(self, address: int, value: float) -> None:
        self.written.append((address, value))
        if address in self.deaf:
            return
        self.values[address] = value
        ramps = self.values[RAMP_ACTION] == 85 and self.values[RAMP_RATE] > 0
        if address == SET_POINT and not ramps:
            self.values[ACTIVE_SET_POINT] = value
        if address == CONTROL_MODE:
            self.values[ACTIVE_MODE] = value
        if address == PROFILE_ACTION and value == 148:
            self.values[PROFILE_STATE] = 253

    def modbus(self) -> Peer:
        return Peer(modbus_frames, self._modbus)

    def scpi(self) -> Peer:
        return Peer(lines, self._scpi)

    def _modbus(self, request: bytes) -> bytes:
        header, function = request[:4], request[7]
        address, value = struct.unpack(">HH", request[8:12])
        if function in (3, 4):
            words = self._words(address, value)
            body = bytes([function, 2 * value]) + b"".join(words) if words else bytes([function | 0x80, 2])
        else:
            words_in = struct.unpack(f">{value}H", request[13:]) if function == 16 else (value,)
            taken = address in WRITABLE and len(words_in) == (2 if address in FLOATS else 1)
            if taken:
                self.set(address, self._number(words_in) if len(words_in) == 2 else words_in[0])
            body = request[7:12] if taken else bytes([function | 0x80, 2])
        return header + struct.pack(">HB", len(body) + 1, request[6]) + body

    def _words(self, address: int, count: int) -> list[bytes]:
        memory: dict[int, bytes] = {16 + at: bytes([0, ord(one)]) for at, one in enumerate(PART_NUMBER)}
        for at, value in self.values.items():
            if at in FLOATS:
                packed = struct.pack(">f", value)
                halves = (packed[2:], packed[:2]) if self.low_word_first else (packed[:2], packed[2:])
                memory |= {at: halves[0], at + 1: halves[1]}
            else:
                memory[at] = int(value).to_bytes(2, "big")
        wanted = range(address, address + count)
        if self.gaps_refused and any(at not in memory for at in wanted):
            return []
        return [memory.get(at, b"\0\0") for at in wanted]

    def _number(self, words: tuple[int, ...]) -> float:
        high, low = (words[1], words[0]) if self.low_word_first else words
        return float(struct.unpack(">f", struct.pack(">HH", high, low))[0])

    def _scpi(self, request: bytes) -> bytes:
        text = request.decode()
        header, _, argument = text.partition(" ")
        replies = {
            "*IDN?": '"Watlow Electric",F4T,001234,04:05:0007',
            ":UNIT:TEMPERATURE?": "C" if self.values[UNIT] == 15 else "F",
            ":SOURCE:CLOOP1:PVALUE?": f"{self.values[PROCESS]:.4f}",
            ":SOURCE:CLOOP1:ERROR?": "ERROR" if self.values[PROCESS] != self.values[PROCESS] else "NONE",
            ":SOURCE:CLOOP1:SPOINT?": f"{self.values[ACTIVE_SET_POINT]:.4f}",
            ":SOURCE:CLOOP1:RRATE?": f"{self.values[RAMP_RATE]:.4f}",
            ":OUTPUT1:STATE?": "ON" if self.values[EVENT_1] == 63 else "OFF",
        }
        if header in replies:
            return replies[header].encode() + b"\n"
        codes = {"OFF": 62, "ON": 63, "SETPOINT": 85, "MINUTES": 57}
        addresses = {
            ":SOURCE:CLOOP1:SPOINT": SET_POINT,
            ":SOURCE:CLOOP1:RRATE": RAMP_RATE,
            ":SOURCE:CLOOP1:RACTION": RAMP_ACTION,
            ":SOURCE:CLOOP1:RSCALE": RAMP_SCALE,
            ":OUTPUT1:STATE": EVENT_1,
        }
        self.set(addresses[header], codes[argument] if argument in codes else float(argument))
        return b""
