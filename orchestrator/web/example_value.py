"""An example for a field by its name: a name means the same wherever it stands, and the unit stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["example_value"]

_BY_NAME: Mapping[str, object] = {  # a tuple: the first that the field's type allows
    "acknowledged_by": "anna",
    "acknowledged_reason": "the door was closed again",
    "after": ["formation"],
    "alarms": ["door open"],
    "answered_by": "anna",
    "attempt": 1,
    "batch_id": 3,
    "begins": "2026-01-05 08:00",
    "behind_run_id": 16,
    "bench": "A1",
    "benches": ["A1", "A2"],
    "bytes": 180_000,
    "campaign": "ladder of the 500 °C series",
    "campaign_id": 2,
    "cell": "27-21-0412",
    "cell_id": "27-21-0412",
    "cells": ["27-21-0412"],
    "chamber": "oven-1",
    "channel": "27-21-1-1",
    "clock_jumps": 0,
    "content": ("method:\n  - {step: 1}\n", {"method": []}),
    "created_by": "anna",
    "csrf_token": "qT0cEXAMPLE",
    "cycle": 3,
    "cycles": 100,
    "data": {"run_id": 17},
    "database": "ok",
    "description": "three formation cycles at C/10",
    "dropped": "the lab file names no such receiver any more",
    "error": "there is no complete cycle yet",
    "failures": 0,
    "folder": "/var/lib/cellbench",
    "fraction": 0.42,
    "free_B": 80_000_000_000,
    "id": 17,
    "if_one_fails": "go_on",
    "input_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "instrument": "bts-1",
    "item": 0,
    "items": 3,
    "kind": "launch",
    "lab": "Battery lab",
    "label": "discharge",
    "last_error": "no answer from 192.0.2.10:502 within 2 s",
    "level": "ok",
    "line": 12,
    "message": "cell voltage 4.31 V is above 4.3 V",
    "metadata": {"batch": "7"},
    "name": "formation",
    "native_state": "run",
    "newest_known": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "node": "node",
    "note": "second try",
    "number": 0,
    "options": {"cycle": 3},
    "origin": "lab file",
    "outcome": "completed",
    "output_percent": 12.5,
    "parent": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "parameters": {"rate": "0.1C"},
    "parent_sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "plan": {"protocol": "formation"},
    "pool": "A",
    "priority": "normal",
    "prompt": "swap the separator",
    "protocol": "formation",
    "queued": 1,
    "reason": "the technician stopped it",
    "records": 4_200,
    "remarks": ["the rest of 0 s is left out"],
    "result": {"values": {"retention": {"value": 0.91, "unit": "1"}}},
    "rows": 4_200,
    "rule": "cell too hot",
    "run_id": 17,
    "schema_version": "0013",
    "secret": "cellbench_…",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "source": "cellbench: 1\nname: formation\n…",
    "sources": {"mine.yaml": "cellbench: 1\nname: mine\n…"},
    "stalls": 0,
    "state": "running",
    "step": (4, "formation"),
    "stuck": "commits",
    "tag": "27-21-0412#17.0.1",
    "test_id": "2818580185",
    "token": "night script",
    "total_B": 250_000_000_000,
    "trip": "cell voltage 4.31 V is above 4.3 V",
    "user_name": "anna",
    "waiting": 0,
    "watched_by_service": ["temperature below 60 °C"],
    "warnings": ["the C-rate follows from the nominal capacity, which nobody has measured yet"],
}
_BY_UNIT: Mapping[str, float] = {
    "_unix_s": 1_767_571_200.0,
    "unix_time_s": 1_767_571_200.0,
    "_s": 3_600.0,
    "_V": 0.253,
    "_A": 0.00033,
    "_Ah": 0.0031,
    "_Wh": 0.0011,
    "_degC": 25.0,
    "_Hz": 1_000.0,
    "_Ohm": 42.0,
    "_g": 0.00275,
    "_cm2": 1.131,
}
_BY_TYPE: Mapping[str, object] = {"integer": 1, "number": 1.0, "string": "text", "boolean": True, "object": {}}


def example_value(name: str, field: Mapping[str, Any]) -> object:
    """A value that the field's schema allows."""
    kinds = [one for one in field.get("anyOf", [field]) if one.get("type") != "null"]
    kind = kinds[0] if kinds else field
    if kind.get("type") == "array":
        whole = _BY_NAME.get(name)
        return whole if isinstance(whole, list) else [example_value(name, kind.get("items", {}))]
    fitting = (value for value in _by_name(name) if _is(value, kind))
    return next(fitting, _BY_TYPE.get(str(kind.get("type")), "text"))


def _by_name(name: str) -> tuple[object, ...]:
    value = _BY_NAME.get(name)
    by_unit = [example for unit, example in _BY_UNIT.items() if name.endswith(unit)]
    return (*(value if isinstance(value, tuple) else (value,)), *by_unit)


def _is(value: object, kind: Mapping[str, Any]) -> bool:
    types = {"integer": int, "number": (int, float), "string": str, "object": Mapping}
    expected = types.get(str(kind.get("type")))
    return value is not None and (expected is None or isinstance(value, expected))  # type: ignore[arg-type]
