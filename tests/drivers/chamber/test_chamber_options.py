"""The lab file's options: what is missing or wrong is named with its remedy, before anything is sent."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from drivers.contracts import Chamber
from tests.drivers.chamber.conftest import LAB_LIMITS, OpenChamber

WHERE = "192.0.2.20"


@pytest.mark.parametrize(
    ("family", "options", "message"),
    [
        ("watlow-f4t", {"transport": "serial"}, "option transport is 'serial'; write modbus or scpi"),
        ("watlow-f4t", {"transport": "scpi"}, "option temperature is missing: a watlow-f4t over scpi"),
        ("watlow-f4t", {"transport": "scpi", "word_order": "low-first"}, "unknown option 'word_order'"),
        ("watlow-f4t", {"transport": "scpi", "temperature": LAB_LIMITS, "power_event": "none"}, "power_event"),
        ("watlow-f4t", {"word_order": "big"}, "write low-first or high-first"),
        ("watlow-f4t", {"loop": "0"}, "option loop is '0'; write a number from 1 to 4"),
        ("watlow-f4t", {"power_event": True}, "option power_event is True"),
        ("watlow-f4t", {"temperature": "25 degC"}, "write temperature: [-40 degC, 150 degC]"),
        ("watlow-f4t", {"temperature": ["150 degC", "-40 degC"]}, "option temperature is no range"),
        ("watlow-f4t", {"temperature": ["-40 V", "150 degC"]}, "option temperature"),
        ("watlow-f4t", {"temperature": [float("nan"), 100.0]}, "option temperature is nan"),
        ("watlow-f4t", {"timeout": "0 s"}, "timeout"),
        ("watlow-f4t", {"humidity": "50 %"}, "unknown option 'humidity' of a watlow-f4t over modbus; known: device_id"),
        ("thermotron-8200", {"temperature": LAB_LIMITS}, "write unit: degC or unit: degF"),
        ("binder-mb2", {}, "option temperature is missing"),
        ("binder-mb2", {"temperature": LAB_LIMITS, "loop": 2}, "unknown option 'loop'"),
    ],
)
def test_mistakes(chamber: OpenChamber, family: str, options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match="option") as caught:
        chamber(WHERE, family, **options)
    assert message in str(caught.value)


@pytest.mark.parametrize("address", ["", ":502", "oven:", "oven:0", "oven:65536", "oven:5o2", "::1", "[::1]:502"])
def test_addresses_that_are_none(chamber: OpenChamber, address: str) -> None:
    with pytest.raises(ValueError, match="is not host:port"):
        chamber(address)


def test_the_entry_points_open_chambers() -> None:
    found = {one.name: one.load() for one in entry_points(group="cellbench.chambers")}
    assert {"watlow-f4t", "thermotron-8200", "binder-mb2"} <= found.keys()


def test_texts_of_the_lab_file_are_read(chamber: OpenChamber) -> None:
    oven = chamber(
        WHERE,
        timeout="2 s",
        temperature=["-40 degC", "1.5e2 degC"],
        loop="2",
        power_event="8",
        device_id="17",
        word_order="high-first",
        unit="degF",
    )
    assert isinstance(oven, Chamber)
