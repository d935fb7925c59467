"""What the BTS Client tells, as values: one class a command, units in the names."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

from drivers.errors import Garbled
from drivers.neware.address import Address
from drivers.neware.fields import integer, number, text

__all__ = ["DataFile", "Devices", "LivePoint", "LogRow", "ReservedPause", "StepRow", "addresses_in"]


@dataclass(frozen=True, slots=True)
class Devices:
    """What getdevinfo tells: channels in the client's order, and its version where it says it (2025 clients do)."""

    addresses: tuple[Address, ...]
    client_version: str


@dataclass(frozen=True, slots=True)
class LivePoint:
    """One channel of inquire. Only four decimals: a display, not a data stream."""

    channel: str
    workstatus: str
    barcode: str | None
    cycle: int | None
    step: int | None
    """Absent when finished."""
    voltage_V: float | None
    current_A: float | None
    relativetime_s: float | None
    """Since the start of the step; seconds here, milliseconds in download."""
    item: Element
    """Everything told, aux values under their own names included."""

    def aux_value(self, name: str | None) -> float | None:
        """Return one aux value, None where it is not told. Raises Garbled."""
        return None if name is None else number(self.item, name)

    @classmethod
    def read(cls, item: Element) -> LivePoint:
        """Read one ``<inquire>``. Raises Garbled."""
        try:
            channel = Address.parse(item.get("dev", "")).channel
        except ValueError as error:
            raise Garbled(f"inquire answered for no channel: {error}") from error
        return cls(
            channel=channel,
            workstatus=item.get("workstatus", ""),
            barcode=text(item, "barcode"),
            cycle=integer(item, "cycle_id"),
            step=integer(item, "step_id"),
            voltage_V=number(item, "voltage"),
            current_A=number(item, "current"),
            relativetime_s=number(item, "relativetime"),
            item=item,
        )


@dataclass(frozen=True, slots=True)
class DataFile:
    """One channel of inquiredf: its latest test."""

    test_id: str | None
    """None: no test yet. Shared by channels started together: identity is (channel, test id)."""
    count: int
    """Rows that can be downloaded."""
    complete: bool
    """Everything has come up from the middle machine; false while running."""

    @classmethod
    def read(cls, item: Element, asked: Address) -> DataFile:
        """Read one ``<chl>``. Raises Garbled where it speaks of another channel: test ids must not be mixed up."""
        if any(item.get(name, value) != value for name, value in asked.attributes(ip=False).items()):
            raise Garbled(f"inquiredf answered {dict(item.attrib)} for channel {asked.channel}")
        test_id = text(item, "testid")
        told = (item.text or "").strip()
        return cls(None if test_id in (None, "0") else test_id, integer(item, "count") or 0, told == "true")


@dataclass(frozen=True, slots=True)
class ReservedPause:
    """One channel of getchlstatus."""

    state: str
    reserved: bool

    @classmethod
    def read(cls, item: Element) -> ReservedPause:
        """Read one ``<status>``."""
        return cls((item.text or "").strip(), item.get("reservepause") == "1")


@dataclass(frozen=True, slots=True)
class StepRow:
    """One row of downloadStepLayer; ``cycle`` from 1."""

    start_seq: int
    end_seq: int
    index: int
    step: int
    cycle: int
    steptype: str
    duration_s: float
    end_voltage_V: float | None
    capacity_Ah: float | None
    energy_Wh: float | None
    dcir_mOhm: float | None

    @classmethod
    def read(cls, item: Element) -> StepRow:
        """Read one ``<data>``. Raises Garbled."""
        counters = {name: integer(item, name) for name in ("startseqid", "endseqid", "stepindex", "stepid", "cycleid")}
        duration_ms = number(item, "steptime")
        start_seq, end_seq, index, step, cycle = counters.values()
        if start_seq is None or end_seq is None or index is None or step is None or cycle is None:
            raise Garbled(f"a row of the step layer lacks a counter: {dict(item.attrib)}")
        if duration_ms is None:
            raise Garbled(f"a row of the step layer has no steptime: {dict(item.attrib)}")
        return cls(
            start_seq, end_seq, index, step, cycle,
            steptype=item.get("steptype", ""),
            duration_s=duration_ms / 1000.0,
            end_voltage_V=number(item, "endvolt"),
            capacity_Ah=number(item, "cap"),
            energy_Wh=number(item, "eng"),
            dcir_mOhm=number(item, "dcir"),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row of downloadlog. The table of codes is not public."""

    seq: int | None
    code: str
    atime: str

    @classmethod
    def read(cls, item: Element) -> LogRow:
        """Read one ``<data>``. Raises Garbled."""
        return cls(integer(item, "seqid"), item.get("log_code", ""), item.get("atime", ""))


def addresses_in(root: Element) -> tuple[Address, ...]:
    """Return every channel of a getdevinfo reply, in order, each once.

    Flat (``middle>channel``) and tree-shaped (``server>dev>xwj``, clients of 2025) alike: whatever element carries a
    channel number, with what its ancestors say of the device. Raises Garbled.
    """
    found: dict[str, Address] = {}
    # unconfirmed on hardware: the tree of 2025 clients is taken to use the attribute names of the flat list
    pending: list[tuple[Element, dict[str, str]]] = [(root, {})]
    while pending:
        element, inherited = pending.pop()
        known = {**inherited, **element.attrib}
        own = element.get("Channelid") or element.get("chlid")
        if own is not None and {"devtype", "devid", "subdevid"} <= known.keys():
            address = _address(known, own)
            found.setdefault(address.channel, address)
        pending.extend((child, known) for child in reversed(list(element)))
    return tuple(found.values())


def _address(known: dict[str, str], chlid: str) -> Address:
    try:
        devtype, devid, subdevid = (int(known[name]) for name in ("devtype", "devid", "subdevid"))
        return Address(devtype, devid, subdevid, int(chlid), known.get("ip", "127.0.0.1"))
    except ValueError as error:
        raise Garbled(f"getdevinfo names a channel that is no number: {known}") from error
