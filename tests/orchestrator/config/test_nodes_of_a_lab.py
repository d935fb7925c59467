"""A lab of several nodes: who drives what, and what cannot be spread over two of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from orchestrator.cli.node import node
from orchestrator.config import read_lab
from orchestrator.config.lab_file import LabFileError

LAB = """
lab: two rooms
instruments:
  bts-1: {driver: neware, address: '192.0.2.10:502', node: left}
  bts-2: {driver: neware, address: '192.0.2.11:502', node: right}
  oven-1: {driver: watlow-f4t, address: 192.0.2.20, node: left}
benches:
  A1: {channel: bts-1/27-21-1-1, chamber: oven-1, temperature: chamber}
  B1: {channel: bts-2/27-21-1-1}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "lab.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_node_drives_its_own(tmp_path: Path) -> None:
    lab = read_lab(written(tmp_path, LAB))

    assert lab.nodes == ("left", "right")
    assert replace(lab, node="left").driven == ("bts-1", "oven-1")
    assert replace(lab, node="right").driven == ("bts-2",)
    assert lab.driven == ()


def test_a_lab_without_names_is_driven_by_one_node(tmp_path: Path) -> None:
    lab = read_lab(written(tmp_path, LAB.replace(", node: left", "").replace(", node: right", "")))

    assert (lab.nodes, lab.driven) == ((), ("bts-1", "bts-2", "oven-1"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "B1: {channel: bts-2/27-21-1-1}",
            "B1: {channel: bts-2/27-21-1-1, chamber: oven-1}",
            "bench B1: bts-2 is on node right, oven-1 on node left",
        ),
        (
            "temperature: chamber}",
            "temperature: bts-2/27-21-1-2}",
            "bench A1: bts-1 is on node left, bts-2 on node right",
        ),
        (", node: right", "", "bts-1 is on node left, bts-2 is on none: nobody would drive it"),
        ("node: right", "node: the right one", "is no name of a node"),
    ],
)
def test_what_nobody_could_watch_over_is_refused(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in LAB
    with pytest.raises(LabFileError) as refused:
        read_lab(written(tmp_path, LAB.replace(old, new)))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        (LAB, "", "say which node this is with --name: left, right"),
        (LAB, "middle", "say which node this is with --name: left, right"),
        (LAB.replace(", node: left", "").replace(", node: right", ""), "left", "its instruments name no `node`"),
    ],
)
def test_a_node_is_one_of_the_labs(tmp_path: Path, text: str, name: str, told: str) -> None:
    path = written(tmp_path, text)
    result = CliRunner().invoke(node, ["--lab", str(path), "--name", name])
    assert result.exit_code != 0
    assert told in result.output
