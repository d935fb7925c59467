"""A Thermotron 8200 on its line protocol: commands are answered too, 0 meaning accepted.

Source: the manufacturer's list of computer interface commands (8200, 8800).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from simulators.chamber.chamber import VirtualChamber
from simulators.chamber.line_wire import LineWire

__all__ = ["Thermotron8200", "thermotron_wire"]

_ACCEPTED = "0"
_REFUSED = "1"  # unconfirmed on hardware: which number a command gets that is not accepted
_STOPPED_COLD, _RUNNING, _STOPPED_AT_PANEL, _STOPPED_BY_COMPUTER = 0, 1, 2, 5
_STOPPED_OPEN_INPUT, _STOPPED_BY_LIMIT = 6, 10
_OPEN_INPUT_degC = 999.0  # unconfirmed on hardware: what an open input reads
_LOW_PROCESS, _HIGH_PROCESS = 1 << 4, 1 << 5
_PAIR = re.compile(r"([A-Za-z]+\d*\??),?(.*)")


class Thermotron8200:
    """What the line protocol shares with the panel."""

    def __init__(self, chamber: VirtualChamber) -> None:
        self.chamber = chamber
        self.ramp_K_per_min = 0.0
        self._stop_code = _STOPPED_COLD

    @property
    def stop_code(self) -> int:
        """Why it stands, or that it runs."""
        process_degC, chamber = self.chamber.process_degC, self.chamber
        if chamber.tripped:
            return _STOPPED_BY_LIMIT
        if chamber.drive.mode == "off":
            return self._stop_code
        return _STOPPED_OPEN_INPUT if math.isnan(process_degC) else _RUNNING

    def run(self) -> None:
        """Run in manual mode: hold the set point."""
        self.set_ramp(self.ramp_K_per_min)
        self.chamber.change(mode="auto")

    def stop(self) -> None:
        """Stop, as the computer says."""
        self._stop_code = _STOPPED_BY_COMPUTER
        self.chamber.change(mode="off")

    def switch(self, *, on: bool) -> None:
        """Run or stop as a hand at the panel does."""
        if on:
            self.run()
        else:
            self.stop()
            self._stop_code = _STOPPED_AT_PANEL

    def reboot(self) -> None:
        """Come back from a loss of power: stopped, with the set point that it was delivered with."""
        self._stop_code = _STOPPED_COLD
        self.set_ramp(0.0)
        self.chamber.reboot()
        self.chamber.change(mode="off")

    def start_profile(self, number: int) -> None:
        """Start a program. Raises ChamberRefusal."""
        self.chamber.start_profile(number)

    def set_ramp(self, rate: float) -> None:
        """Set the manual ramp in units per minute; 0 is none."""
        if not 0 <= rate <= 100:
            raise ValueError(rate)
        self.ramp_K_per_min = rate
        self.chamber.change(ramp_K_s=rate / 60 if rate else math.inf)

    @property
    def alarm_bits(self) -> int:
        """As ``ALRM1?`` tells them."""
        self.chamber.advance()
        bits = 0
        for alarm in self.chamber.alarms:
            if alarm.active:
                bits |= _LOW_PROCESS if alarm.state == "low" else _HIGH_PROCESS
        return bits


def thermotron_wire(controller: Thermotron8200) -> LineWire:
    """Return the wire: every line is answered."""
    return LineWire(_handlers(controller), _split, _REFUSED, "\r\n", _ACCEPTED)


def _split(line: str) -> tuple[str, str]:
    parts = _PAIR.fullmatch(line)
    return (parts[1], parts[2]) if parts else (line, "")


def _handlers(it: Thermotron8200) -> dict[str, Callable[[str], str | None]]:
    chamber = it.chamber

    def accepted(act: Callable[[], None]) -> Callable[[str], str]:
        def perform(_: str) -> str:
            act()
            return _ACCEPTED

        return perform

    def set_point(argument: str) -> str:
        chamber.set_target(float(argument))
        return _ACCEPTED

    def ramp(argument: str) -> str:
        it.set_ramp(float(argument))
        return _ACCEPTED

    def process(_: str) -> str:
        process_degC = chamber.process_degC
        return f"{_OPEN_INPUT_degC if math.isnan(process_degC) else process_degC:.2f}"

    return {
        "IDEN?": lambda _: "8200",
        "VRSN?": lambda _: "2.0.1",
        "PVAR1?": process,
        "SETP1?": lambda _: f"{chamber.drive.target_degC:.2f}",
        "SETP1": set_point,
        "MRMP1?": lambda _: f"{it.ramp_K_per_min:.2f}",
        "MRMP1": ramp,
        "DEVN1?": lambda _: f"{chamber.process_degC - chamber.state.set_point_degC:.2f}",
        "THTL1?": lambda _: f"{chamber.state.output_percent:.1f}",
        "ALRM1?": lambda _: str(it.alarm_bits),
        "SCOD?": lambda _: str(it.stop_code),
        "RUNM": accepted(it.run),
        "STOP": accepted(it.stop),
    }
