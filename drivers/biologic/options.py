"""Options of a BioLogic instrument in the lab file: what each means, and what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from drivers.biologic.library import EASY_BIOLOGIC
from drivers.contracts import Capabilities, Problem
from protocols.kinds import DURATION
from protocols.program import Limits, Loop, Program, walk
from protocols.quantity import QuantityError, parse_quantity

__all__ = ["BiologicOptions", "read_options"]

_KNOWN = ("library", "load_firmware", "take_over_from_ec_lab", "timeout", "channel")
_CHANNEL = ("voltage_min_V", "voltage_max_V", "current_max_A", "record_interval_min_s")
_TIMEOUT_s = 10.0
_YES_OR_NO = {"yes": True, "true": True, "on": True, "no": False, "false": False, "off": False}


@dataclass(frozen=True, slots=True)
class BiologicOptions:
    """One instrument as the lab file describes it, checked."""

    address: str
    """``192.109.209.128``, ``USB0``."""
    library: str
    """``library``: path of EClib64.dll, an import string, or ``easy-biologic``."""
    load_firmware: bool
    """``load_firmware``: whether a start loads the kernel where a channel has none."""
    take_over: bool
    """``take_over_from_ec_lab``: whether a start replaces EC-Lab's firmware on a channel."""
    timeout: float
    """``timeout`` of one call in wall seconds; a library that hangs for longer is killed."""
    channel: Mapping[str, float]
    """``channel``: narrower ranges than the instrument tells."""

    def narrowed(self, able: Capabilities) -> Capabilities:
        """Return what a channel can do within the ranges of the lab file, never beyond its own."""
        given = self.channel
        interval_s = max(able.record_interval_min_s or 0.0, given.get("record_interval_min_s", 0.0))
        current_max_A = min(able.current_max_A, given.get("current_max_A", able.current_max_A))
        return replace(
            able,
            voltage_min_V=max(able.voltage_min_V, given.get("voltage_min_V", able.voltage_min_V)),
            voltage_max_V=min(able.voltage_max_V, given.get("voltage_max_V", able.voltage_max_V)),
            current_max_A=current_max_A,
            record_interval_min_s=interval_s or None,
        )

    def problems(self, program: Program) -> list[Problem]:
        """Return what in a program goes beyond the ranges of the lab file. Set points lie within a program's limits."""
        steps = [step for step in walk(program.steps) if not isinstance(step, Loop)]
        told = [(program.limits, None), *((it.limits, it.origin) for it in steps if it.limits is not None)]
        return [Problem(line, origin) for limits, origin in told for line in self._beyond(limits)]

    def _beyond(self, limits: Limits) -> Iterator[str]:
        low_V, high_V = self.channel.get("voltage_min_V", -math.inf), self.channel.get("voltage_max_V", math.inf)
        if limits.voltage_min_V < low_V or limits.voltage_max_V > high_V:
            window = f"{limits.voltage_min_V:g} … {limits.voltage_max_V:g} V"
            yield f"limits.voltage {window} is wider than the lab file's channel, {low_V:g} … {high_V:g} V"
        largest_A = self.channel.get("current_max_A", math.inf)
        if limits.current_max_A > largest_A:
            yield f"limits.current {limits.current_max_A:g} A is above the lab file's channel, {largest_A:g} A"


def read_options(address: str, options: Mapping[str, object]) -> BiologicOptions:
    """Check address and options. Raises ValueError naming the option and the remedy."""
    unknown = sorted(options.keys() - set(_KNOWN))
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r} of a biologic instrument; known: {', '.join(sorted(_KNOWN))}")
    if not address.strip() or not address.isascii():
        raise ValueError(f"address {address!r} is none; write e.g. 192.109.209.128 or USB0")
    return BiologicOptions(
        address=address.strip(),
        library=_text(options, "library") or EASY_BIOLOGIC,
        load_firmware=_switch(options, "load_firmware", default=True),
        take_over=_switch(options, "take_over_from_ec_lab", default=False),
        timeout=_seconds(options, "timeout"),
        channel=_channel(options.get("channel", {})),
    )


def _text(options: Mapping[str, object], name: str) -> str:
    value = options.get(name, "")
    if not isinstance(value, str):
        raise ValueError(f"option {name} is {value!r}; write a text")  # noqa: TRY004  one kind of error for a lab file
    return value


def _switch(options: Mapping[str, object], name: str, *, default: bool) -> bool:
    value = options.get(name, default)
    read = _YES_OR_NO.get(value.lower()) if isinstance(value, str) else value
    if not isinstance(read, bool):
        raise ValueError(f"option {name} is {value!r}; write yes or no")  # noqa: TRY004
    return read


def _seconds(options: Mapping[str, object], name: str) -> float:
    value = options.get(name, _TIMEOUT_s)
    try:
        seconds = parse_quantity(value, DURATION).value if isinstance(value, str) else float(str(value))
    except (QuantityError, ValueError) as error:
        raise ValueError(f"option {name} is {value!r}; write e.g. {name}: 10 s") from error
    if not 0 < seconds < math.inf:
        raise ValueError(f"option {name} is {value!r}; write e.g. {name}: 10 s")
    return seconds


def _channel(given: object) -> Mapping[str, float]:
    if not isinstance(given, Mapping):
        raise ValueError(f"option channel is {given!r}; write channel: {{voltage: [-5 V, 5 V], current: 50 mA}}")  # noqa: TRY004
    unknown = sorted(set(given) - set(_CHANNEL))
    if unknown:
        raise ValueError(f"unknown option channel.{unknown[0]}; known: {', '.join(_CHANNEL)}")
    found: dict[str, float] = {}
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise ValueError(f"option channel.{name} is {value!r}; write a number")
        found[str(name)] = float(value)
    low, high = found.get("voltage_min_V", -math.inf), found.get("voltage_max_V", math.inf)
    if low >= high or found.get("current_max_A", 1.0) <= 0:
        raise ValueError("option channel holds no range; write channel: {voltage: [-5 V, 5 V], current: 50 mA}")
    return found
