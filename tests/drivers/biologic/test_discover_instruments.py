"""Finding instruments with blfind, and reading what it says."""

from __future__ import annotations

import pytest

from drivers.biologic.discovery import FoundInstrument, find_instruments, read_finder_text
from drivers.errors import Garbled, Refused
from simulators.biologic.eclib import VirtualBlFind
from simulators.lab.thread import LabThread

ADDRESSES: list[str] = []


def finder(path: str) -> VirtualBlFind:
    """What a lab file would name by an import string."""
    return VirtualBlFind(path, tuple(ADDRESSES))


def test_what_answers_is_found(lab: LabThread, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"127.0.0.1:{lab.port('vsp-1')}"
    monkeypatch.setattr(f"{__name__}.ADDRESSES", [address, "127.0.0.1:1"])
    found = find_instruments(f"{__name__}:finder")
    assert found == (
        FoundInstrument("Ethernet", address, "VSP-300", found[0].serial, "lab", "127.0.0.1", "255.0.0.0", found[0].mac),
    )
    assert found[0].serial.isdigit()


def test_nothing_is_found_where_nothing_is() -> None:
    assert find_instruments("simulators.biologic.eclib:VirtualBlFind") == ()


def test_usb_and_ethernet_are_told_apart() -> None:
    text = "USB$0$-$-$-$-$SP-150$0042$left%Ethernet$192.0.2.7$192.0.2.1$255.255.255.0$00:14:D8:01$x$VSP-300$123$%"
    first, second = read_finder_text(text.encode("utf-16-le"))
    assert (first.connection, first.address, first.model, first.serial, first.name) == (
        "USB", "USB0", "SP-150", "0042", "left",
    )  # fmt: skip
    assert (second.address, second.gateway, second.name) == ("192.0.2.7", "192.0.2.1", "")


@pytest.mark.parametrize("content", [b"\x00\xd8", "USB$0%".encode("utf-16-le")])
def test_what_makes_no_sense_is_said(content: bytes) -> None:
    with pytest.raises(Garbled):
        read_finder_text(content)


def test_without_windows_one_line_says_what_to_do() -> None:
    with pytest.raises(Refused, match=r"install `cellbench\[biologic\]` on Windows"):
        find_instruments(None)
