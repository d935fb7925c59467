"""Every YAML example of every page is what it says: a protocol, a lab file, a virtual lab, faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.biologic.options import read_options as read_biologic_options
from drivers.neware.options import read_options
from orchestrator.campaigns.read_campaign import read_campaign
from orchestrator.config import read_lab
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.reading import check, parse_protocol
from simulators.faults.fault_file import parse_faults
from simulators.lab.lab import VirtualLab
from simulators.lab.lab_file import parse_lab
from tests.docs.pages import Block, blocks

_L1 = Cell("L1", 2.75e-3, 1.131, 3.35e-3, 0.01, 1.5)
_DUMMY = Cell("DUMMY")
"""What the dry tests of a new bench run on: nothing is known of it, and the plan says so."""
_EXAMPLES = list(blocks("yaml"))
_LAB_HEAD = "lab: any\nlimits: {voltage: [-0.5 V, 5 V], current: 100 mA}\n"
_FRAGMENTS = {"docs/reference/protocol-language.md", "docs/how-to/write-an-analysis.md"}
"""Pages whose fragments are tested where the code is: tests/protocols, tests/orchestrator/analysis."""


def _of(*first_keys: str) -> list[Block]:
    return [block for block in _EXAMPLES if block.text.partition(":")[0] in first_keys]


def test_every_example_is_of_a_kind_that_is_tested() -> None:
    kinds = ("cellbench", "cellbench_campaign", "cellbench_faults", "lab", "virtual_lab", "instruments", "web")
    known = {str(block) for block in _of(*kinds)}
    assert [str(block) for block in _EXAMPLES if str(block) not in known and block.page not in _FRAGMENTS] == []


@pytest.mark.parametrize("block", _of("cellbench"), ids=str)
def test_a_protocol_compiles_without_a_remark(block: Block) -> None:
    assert check(block.text) == []
    dry = "protocol: dry-" in block.text
    plan = compile_protocol(parse_protocol(block.text), _DUMMY if dry else _L1)
    assert all(dry and "nominal capacity" in warning for warning in plan.warnings)
    assert plan.estimate.duration_s > 0


@pytest.mark.parametrize("block", _of("lab", "instruments"), ids=str)
def test_a_lab_file_is_read_with_its_drivers_options(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    path.write_text(block.text if block.text.startswith("lab:") else _LAB_HEAD + block.text, encoding="utf-8")
    lab = read_lab(path)
    for place in lab.instruments.values():
        if place.driver == "biologic":
            read_biologic_options(place.address, place.options)
            continue
        options = read_options(place.address, place.options)
        assert options.steps is not None
        assert options.steps.remote == r"D:\steps"
    assert all(lab.bench_of(bench.instrument, bench.channel) == bench for bench in lab.benches.values())


@pytest.mark.parametrize("block", _of("web"), ids=str)
def test_a_web_section_is_read(block: Block, tmp_path: Path) -> None:
    path = tmp_path / "lab.yaml"
    instruments = "instruments: {bts-1: {driver: neware, address: 192.0.2.10}}\n"
    path.write_text(_LAB_HEAD + instruments + block.text, encoding="utf-8")
    assert read_lab(path).web.login


@pytest.mark.parametrize("block", _of("virtual_lab"), ids=str)
def test_a_virtual_lab_is_read(block: Block, tmp_path: Path) -> None:
    assert parse_lab(block.text, tmp_path).instruments["bts-1"].cells


@pytest.mark.parametrize("block", _of("cellbench_campaign"), ids=str)
def test_a_campaign_is_read(block: Block) -> None:
    assert read_campaign(block.text, "campaign.yaml").steps


@pytest.mark.parametrize("block", _of("cellbench_faults"), ids=str)
def test_faults_are_known_to_the_lab_of_their_page(block: Block, tmp_path: Path) -> None:
    page = block.page if block.page.startswith("docs/reference/") else "docs/tutorial/first-run.md"
    lab = next(it.text for it in _of("virtual_lab") if it.page == page)
    built = VirtualLab(parse_lab(lab, tmp_path))
    assert built.director.read(parse_faults(block.text))
