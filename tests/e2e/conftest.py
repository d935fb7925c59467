"""A virtual bench for whole stories: wires, node process, database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from orchestrator.testing.virtual_bench import VirtualBench

CELL = {"material": "sio_c_l", "active_mass_g": 0.002753, "area_cm2": 1.131}


@pytest.fixture
def make_bench(tmp_path: Path) -> Iterator[Callable[..., VirtualBench]]:
    """Make a bench with so many cells, L1 in channel 1 of a NEWARE and so on, V1 in channel 1 of a VSP-300."""
    with ExitStack() as stack:

        def make(cells: int = 1, *, vsp: int = 0, **settings: Any) -> VirtualBench:
            names = {f"A{number}": f"L{number}" for number in range(1, cells + 1)}
            names |= {f"P{number}": f"V{number}" for number in range(1, vsp + 1)}
            made = {bench: {**CELL, "seed": int(bench[1:])} for bench in names}
            bench = stack.enter_context(VirtualBench(tmp_path / "bench", made, **settings))
            for place, cell_id in names.items():
                bench.add_cell(cell_id, place)
            return bench

        yield make


def assert_stored_equals_ledger(bench: VirtualBench, run_id: int, number: int) -> int:
    """Every column of every record as the instrument itself has it: none lost, none twice. Returns how many."""
    total = 0
    for segment in bench.segments(run_id):
        if segment["test_id"] is None:
            continue
        stored, ledger = bench.stored(segment["id"]), bench.ledger(segment, bench.channel(number))
        assert np.array_equal(stored["seq"], ledger["seqid"])
        assert np.array_equal(stored["cycle"], ledger["cycleid"] + 1)
        assert np.array_equal(stored["step"], ledger["stepid"])
        assert np.array_equal(stored["step_time_s"], ledger["testtime_ms"] / 1000)
        for mine, theirs in (
            ("voltage_V", "volt_V"),
            ("current_A", "curr_A"),
            ("step_capacity_Ah", "cap_Ah"),
            ("step_energy_Wh", "eng_Wh"),
        ):
            assert np.array_equal(stored[mine], ledger[theirs]), mine
        # The wire's clock has no fraction of a second.
        assert np.abs(stored["unix_time_s"] - ledger["unix_time_s"]).max() < 1.0
        total += len(stored["seq"])
    return total
