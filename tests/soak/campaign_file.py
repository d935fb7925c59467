"""The campaign of the soak: its files, and what has to become of every job of it."""

from __future__ import annotations

from pathlib import Path

from tests.soak import protocols

__all__ = ["CELL_OF", "EXPECTED", "OVEN", "PROMPTS", "RUN_ENDS", "write_campaign"]

OVEN = "oven-1"
CELL_OF = {bench: f"C-{bench}" for bench in ("A1", "A2", "A3", "A4", "A5", "P1", "P2", "P3")}
_CAMPAIGN = """\
cellbench_campaign: 1
campaign: soak
description: Everything that a campaign can say, on a NEWARE, a VSP-300 and a chamber; handed in again when it is over
cells:
  {ruled: [C-A1], asked: [C-A2], paused: [C-A3], stopped: [C-A4], tripped: [C-A5], heated: [C-P1, C-P2], linked: [C-P3]}
benches: {neware: [A1, A2, A3, A4, A5], heated: [P1, P2], vsp: {C-P3: P3}}
steps:
  - {name: formation, protocol: ./formation.yaml, cells: [ruled, paused], on: neware}
  - name: ruled
    protocol: ./ruled.yaml
    cells: ruled
    on: neware
    when: {result: cycles.initial coulombic efficiency, of: formation, above: 10 %}
  - {name: short, protocol: ./short.yaml, cells: paused, on: neware}
  - name: never
    protocol: ./short.yaml
    cells: paused
    on: neware
    when: {result: cycles.initial coulombic efficiency, of: formation, below: 1 %}
  - {name: look, prompt: "Look at cell {cell}", cells: asked}
  - {name: prompted, protocol: ./prompted.yaml, cells: asked, on: neware}
  - {name: stopped, protocol: ./long.yaml, cells: stopped, on: neware}
  - {name: left, protocol: ./short.yaml, cells: stopped, on: neware}
  - {name: tripped, protocol: ./strong.yaml, cells: tripped, on: neware, if_one_fails: go_on}
  - {name: acknowledged, protocol: ./calm.yaml, cells: tripped, on: neware, after: []}
  - {name: calm, protocol: ./calm.yaml, cells: heated, on: heated}
  - {name: spectra, protocol: ./spectra.yaml, cells: heated, on: heated, together: true, chamber: oven-1}
  - {name: linked, protocol: ./linked.yaml, cells: linked, on: vsp}
"""
_FILES = {
    "campaign.yaml": _CAMPAIGN,
    "formation.yaml": protocols.FORMATION,
    "ruled.yaml": protocols.RULED,
    "short.yaml": protocols.SHORT,
    "prompted.yaml": protocols.PROMPTED,
    "long.yaml": protocols.LONG,
    "strong.yaml": protocols.STRONG,
    "calm.yaml": protocols.CALM,
    "spectra.yaml": protocols.SPECTRA,
    "linked.yaml": protocols.LINKED,
}
EXPECTED = {
    ("formation", "A1"): "done",
    ("ruled", "A1"): "done",
    ("look", "A2"): "done",
    ("prompted", "A2"): "done",
    ("formation", "A3"): "done",
    ("short", "A3"): "done",
    ("never", "A3"): "left",  # its condition is not met
    ("stopped", "A4"): "failed",  # by a person
    ("left", "A4"): "left",  # since what comes before it was stopped
    ("tripped", "A5"): "failed",
    ("acknowledged", "A5"): "done",  # not before the trip is
    ("calm", "P1"): "done",
    ("calm", "P2"): "done",
    ("spectra", "P1"): "done",
    ("spectra", "P2"): "done",
    ("linked", "P3"): "failed",  # by a person
}
"""How every job has to end, by step and bench."""
PROMPTS = frozenset({"look"})
"""Steps without a run."""
RUN_ENDS = {"done": "completed", "failed": "stopped"}
"""How the run of a job has to end that ends so."""


def write_campaign(folder: Path) -> Path:
    """Write it with its protocols, as a technician has them in a folder; returns the campaign file."""
    folder.mkdir()
    for name, text in _FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "campaign.yaml"
