"""Writing a material file again: values change, comments, order and the words of every source stay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from simulators.cell.material import read_document

__all__ = ["material_path", "rewritten"]

Value = float | tuple[float, ...]


def material_path(name: str) -> Path:
    """Where the file of a material stands."""
    return Path(str(resources.files("simulators.cell") / "materials" / f"{name}.yaml"))


def rewritten(name: str, parameters: Mapping[str, Value], reached: Mapping[str, Value]) -> str:
    """Return the file's new text: these parameters' values, and what each target is reached with."""
    document = read_document(name)
    head = [line for line in material_path(name).read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    lines = [*head, f"material: {name}", "parameters:"]
    for key, entry in document["parameters"].items():
        lines.append(_line(key, {**entry, "value": _plain(parameters.get(key, entry["value"]))}))
    lines.append("targets:")
    for key, entry in document["targets"].items():
        lines.append(_line(key, {**entry, "reached": _plain(reached[key])}))
    return "\n".join(lines) + "\n"


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _line(key: str, entry: Mapping[str, object]) -> str:
    fields = ", ".join(f"{name}: {_text(name, value)}" for name, value in entry.items())
    return f"  {key}: {{{fields}}}"


def _text(name: str, value: object) -> str:
    if name == "source":
        return json.dumps(value, ensure_ascii=False)
    if name == "unit":
        return "'1'" if value == "1" else str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_text(name, v) for v in value) + "]"
    text = f"{value:g}" if isinstance(value, int) else f"{value:.7g}"
    # YAML takes 4e-09 for text
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}e{int(exponent):+03d}" if e else text
