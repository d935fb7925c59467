from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import yaml

from protocols import library
from protocols.json_schema import protocol_json_schema

VALIDATOR = jsonschema.Draft202012Validator(protocol_json_schema())


def shipped(name: str) -> dict[str, Any]:
    found = library.find(name)
    assert found is not None
    document: dict[str, Any] = yaml.safe_load(found.content)
    return document


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(protocol_json_schema())
    assert protocol_json_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("name", library.names())
def test_editors_accept_every_shipped_protocol(name: str) -> None:
    assert list(VALIDATOR.iter_errors(shipped(name))) == []


def test_editors_accept_every_form_of_a_step() -> None:
    document = shipped("formation")
    document["steps"] = [
        {"rest": "10 min"},
        {"rest": {"for": "$wetting"}, "label": "wetting"},
        {"charge": {"current": "C/10", "hold_at": "1.5 V", "until": {"current": "0.05C"}}},
        {"hold": {"voltage": "−5 mV", "max_current": "1C", "direction": "charge", "until": {"duration": "1 h"}}},
        {"sweep": {"to": "1.5 V", "from": "open circuit", "scan_rate": "0.1 mV/s"}},
        {
            "cyclic_voltammetry": {
                "vertices": ["0.01 V", "$high"],
                "scan_rate": "$rate",
                "start": "5 mV vs open circuit",
            }
        },
        {"impedance": {"potentiostatic": "10 mV peak", "from": "100 kHz", "to": "0.1 Hz", "per_decade": 10}},
        {"impedance": {"galvanostatic": "7 uA rms", "from": "1 Hz", "to": "1 mHz", "per_decade": 6, "around": "0 mA"}},
        {"gitt": {"charge": "0.1C", "pulse": "10 min", "rest": "1 h", "until": {"voltage": "1.5 V", "pulses": 60}}},
        {"pulse": {"discharge": "2C", "for": "10 s", "rest": {"for": "40 s"}}},
        {"temperature": "25 degC"},
        {"temperature": {"to": "$t", "within": "0.5 K", "soak": "2 h", "ramp": "1 K/min", "give_up_after": "8 h"}},
        {"prompt": "Close the lid", "label": "lid"},
        {"for_each": {"r": ["1C", "2C"]}, "steps": [{"repeat": 3, "steps": [{"rest": "1 s"}]}]},
    ]
    document["analyses"] = ["cycles", {"retention": {"reference_cycle": 1}}]
    assert list(VALIDATOR.iter_errors(document)) == []


def _set(*path: str | int, value: object) -> Callable[[dict[str, Any]], None]:
    def change(document: dict[str, Any]) -> None:
        target: Any = document
        for part in path[:-1]:
            target = target[part]
        target[path[-1]] = value

    return change


REFUSED = {
    "unknown key at the top": _set("colour", value="red"),
    "unknown key in limits": _set("limits", "volatge", value="1 V"),
    "unknown key in a step": _set("steps", 1, "steps", 0, "discharge", "curent", value="1C"),
    "unknown step": _set("steps", 0, value={"sleep": "1 s"}),
    "two steps in one": _set("steps", 0, value={"rest": "1 s", "charge": {"current": "1C", "until": {}}}),
    "a bare number": _set("steps", 0, value={"rest": 10}),
    "text that is no quantity": _set("record", "every", value="often"),
    "no steps": _set("steps", value=[]),
    "repeat nothing": _set("steps", 1, "repeat", value=0),
    "another version": _set("cellbench", value=2),
    "null": _set("record", "voltage_change", value=None),
    "an amplitude of no form": _set(
        "steps", 0, value={"impedance": {"potentiostatic": "10 mV", "from": "1 Hz", "to": "1 mHz", "per_decade": 6}}
    ),
    "two controls": _set(
        "steps",
        0,
        value={
            "impedance": {"potentiostatic": "1 mV peak", "galvanostatic": "1 mA peak", "from": "1 Hz", "to": "2 Hz"}
        },
    ),
    "a pulse without a direction": _set("steps", 0, value={"pulse": {"for": "10 s"}}),
    "three vertices": _set(
        "steps", 0, value={"cyclic_voltammetry": {"vertices": ["1 V", "2 V", "3 V"], "scan_rate": "1 mV/s"}}
    ),
    "a window of three": _set("cell", "window", value=["1 V", "2 V", "3 V"]),
}


@pytest.mark.parametrize("name", REFUSED)
def test_editors_refuse_what_the_reader_refuses(name: str) -> None:
    document = shipped("formation")
    REFUSED[name](document)
    assert not VALIDATOR.is_valid(document)


@pytest.mark.parametrize("key", ["cellbench", "protocol", "limits", "steps"])
def test_editors_ask_for_what_is_mandatory(key: str) -> None:
    document = shipped("formation")
    del document[key]
    assert not VALIDATOR.is_valid(document)
