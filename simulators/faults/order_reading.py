"""From the sections of a faults file to orders that the instruments of a lab understand."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simulators.faults.doing import Befall, Doing
from simulators.faults.fault_file import Faults
from simulators.faults.fault_section import FaultSection
from simulators.faults.order import Order
from simulators.lab.instrument import VirtualInstrument
from simulators.lab.refusal import LabRefusal

__all__ = ["read_orders"]

Instruments = Mapping[str, VirtualInstrument]
Power = Mapping[str, Mapping[str, Befall]]
"""By instrument and word: what can be done to any of them."""


def read_orders(faults: Faults, instruments: Instruments, power: Power) -> list[Order]:
    """Return an order for every instrument of every fault; raises FaultFileError."""
    return [
        _order(faults, index, name, instruments[name], power[name])
        for index, section in enumerate(faults.file.faults)
        for name in _names(faults, index, section, instruments)
    ]


def _names(faults: Faults, index: int, section: FaultSection, instruments: Instruments) -> Sequence[str]:
    if section.instrument == ("*",):
        return _knowing(faults, index, section, instruments)
    for name in section.instrument:
        if name not in instruments:
            known = ", ".join(instruments)
            raise faults.mistake(
                ("faults", index, "instrument"), f"there is no instrument {name!r:.80}; there are {known}"
            )
    return tuple(dict.fromkeys(section.instrument))


def _knowing(faults: Faults, index: int, section: FaultSection, instruments: Instruments) -> Sequence[str]:
    """Return the instruments that ``*`` can mean: those that know everything that is to be done."""
    found, why = [], "there is no instrument"
    for name, instrument in instruments.items():
        try:
            for do in section.do:
                if do not in ("power_off", "power_on"):
                    instrument.doing(do, section.channel or ())
            for command in section.commands or ():
                instrument.command(command)
            found.append(name)
        except LabRefusal as refusal:
            why = str(refusal)
    if not found:
        raise faults.mistake(("faults", index, "do"), f"no instrument of this lab knows it: {why}")
    return found


def _order(faults: Faults, index: int, name: str, instrument: VirtualInstrument, power: Mapping[str, Befall]) -> Order:
    section = faults.file.faults[index]
    doings = tuple(_doing(faults, index, do, instrument, power) for do in section.do)
    on = section.on
    key, named = ("on", (on.command,)) if on and on.command else ("commands", section.commands or ("*",))
    try:
        commands = tuple(instrument.command(command) for command in named)
    except LabRefusal as refusal:
        raise faults.mistake(("faults", index, key), str(refusal)) from refusal
    if on is not None and on.channel is not None:
        try:
            instrument.progress(on.channel)
        except LabRefusal as refusal:
            raise faults.mistake(("faults", index, "on", "channel"), str(refusal)) from refusal
    dice = np.random.default_rng([faults.file.seed, zlib.crc32(name.encode()), index])
    texts = tuple(do if isinstance(do, str) else json.dumps(do, ensure_ascii=False) for do in section.do)
    order = Order(section, name, instrument, doings, texts, commands, dice)
    if (mistake := order.mistake()) is not None:
        raise faults.mistake(("faults", index, mistake[0]), mistake[1])
    return order


def _doing(
    faults: Faults, index: int, do: object, instrument: VirtualInstrument, power: Mapping[str, Befall]
) -> Doing[Any]:
    if isinstance(do, str) and do in power:
        return power[do]
    try:
        return instrument.doing(do, faults.file.faults[index].channel or ())
    except LabRefusal as refusal:
        raise faults.mistake(("faults", index, "do"), str(refusal)) from refusal
