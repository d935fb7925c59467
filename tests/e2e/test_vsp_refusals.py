"""What a potentiostat must not be asked, from the prompt through the service: refused with line, reason and remedy."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from orchestrator.store.tables import instruments
from orchestrator.store.transactions import reading
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import CELL
from tests.orchestrator.cli.conftest import Prompt
from tests.orchestrator.launch.bench_lab import written
from tests.orchestrator.web.served import served

HEAD = """\
cellbench: 1
protocol: mine
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2 V], current: 3C}
record: {every: 10 s, voltage_change: 1 mV}
steps:
"""
CV = "cyclic_voltammetry: {vertices: [0.01 V, 1.5 V], scan_rate: 0.1 mV/s, cycles: 1}"
PEIS = "impedance: {potentiostatic: 10 mV peak, from: 100 kHz, to: 0.1 Hz, per_decade: 10}"
REFUSED = [
    (PEIS.replace("100 kHz", "10 MHz"), "line 7: frequency 1e+07 Hz is above the board's 3e+06 Hz; measure inside"),
    (PEIS.replace("0.1 Hz", "1 uHz"), "line 7: frequency 1e-06 Hz is below the board's 1e-05 Hz; measure inside"),
    (PEIS.replace("10 mV", "800 mV"), "line 7: amplitude 0.8 V (peak) is beyond the channel's 0.5 V; 10 mV is usual"),
    (CV.replace("1.5 V", "2.5 V"), "2.5 V"),
    ("sweep: {to: -0.2 V, scan_rate: 0.1 mV/s}", "-0.2 V"),
    (
        CV.replace("0.1 mV/s", "10 V/s"),
        "line 7: 10 V/s with a record every 0.001 V is 10000 records/s, a channel is read at 200; record every 0.05 V",
    ),
    (CV.replace("cycles: 1", "cycles: 1, wobble: 3 V"), "wobble"),
]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualBench]:
    folder = tmp_path_factory.mktemp("refusals") / "bench"
    with VirtualBench(folder, {"A1": CELL, "P1": CELL}) as bench:
        bench.add_cell("L1", "A1")
        bench.add_cell("V1", "P1")
        yield bench


@pytest.fixture(scope="module")
def prompt(lab: VirtualBench) -> Iterator[Prompt]:
    with served(lab.lab) as (url, _):
        yield Prompt(lab.lab, url)


def protocol(folder: Path, step: str) -> Path:
    path = folder / "mine.yaml"
    path.write_text(f"{HEAD}  - {step}\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("step", "says"), REFUSED)
def test_bad_input_is_refused_and_nothing_is_written(prompt: Prompt, tmp_path: Path, step: str, says: str) -> None:
    before = written(prompt.lab)
    lines = prompt.refused("run", protocol(tmp_path, step), "--cell", "V1", "--bench", "P1")
    assert any(says in line for line in lines), lines
    assert written(prompt.lab) == before


@pytest.mark.parametrize("step", [CV, PEIS, "sweep: {to: 0.01 V, scan_rate: 0.1 mV/s}"])
def test_a_neware_channel_names_the_channels_that_can(prompt: Prompt, tmp_path: Path, step: str) -> None:
    lines = prompt.refused("run", protocol(tmp_path, step), "--cell", "L1", "--bench", "A1")
    assert [line.endswith("; channels that can: P1 (vsp-1/1)") for line in lines] == [True], lines


def test_without_the_dll_one_line_says_what_to_do(make_bench: Callable[..., VirtualBench], tmp_path: Path) -> None:
    """As on Linux without the virtual lab: the node goes on driving what it can."""
    bench = make_bench(1, vsp=1, options={"vsp-1": {"library": "EClib64.dll"}})
    told = sa.select(instruments.c.last_error).where(instruments.c.name == "vsp-1")

    def silent() -> str | None:
        with reading(bench.engine) as connection:
            return connection.scalar(told)

    with bench.node() as node, served(bench.lab) as (url, _):
        bench.wait_for(lambda: bool(silent()), "the instrument's error")
        lines = Prompt(bench.lab, url).refused("run", protocol(tmp_path, CV), "--cell", "V1", "--bench", "P1")
        assert node.poll() is None
    assert len(lines) == 1
    assert "EClib is a Windows DLL: install `cellbench[biologic]` on Windows, or give this instrument a" in lines[0]
    log = bench.node_log.read_text()
    assert log.count("EClib is a Windows DLL") == 1
    assert "Traceback" not in log
