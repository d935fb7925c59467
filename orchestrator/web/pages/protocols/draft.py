"""The text with which the editor begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["BLANK", "Draft", "renamed"]

BLANK = """\
cellbench: 1
protocol: my-protocol
description: What it does, in one sentence
parameters:
  rate: 0.1 A/g
  cycles: 5
cell:
  window: [0.01 V, 1.5 V]
limits:
  voltage: [-0.05 V, 4.0 V]
  current: 0.2 A/g
record: {every: 60 s, voltage_change: 5 mV}
steps:
  - rest: 10 min
  - repeat: $cycles
    label: cycling
    steps:
      - discharge: {current: $rate, until: {voltage: 0.01 V}}
      - charge:    {current: $rate, until: {voltage: 1.5 V}}
analyses: [cycles]
"""
_NAME_LINE = re.compile(r"^protocol:[ \t]*[A-Za-z0-9_-]+", re.MULTILINE)
_NAME_MAX = 64


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody begins with, and what it is made from."""

    source: str
    name: str
    parent: str | None = None
    """Hash; None: it is written from nothing."""
    newest_known: str | None = None
    """Newest version of the name when the page was made."""
    outdated: bool = False
    """A version is edited that is not the newest."""


def renamed(source: str, name: str) -> str:
    """The text under a name of its own: a copy of a template is another protocol."""
    return _NAME_LINE.sub(f"protocol: {name[:_NAME_MAX]}", source, count=1)
