"""A page waits for a preview: it is left where it would take for ever."""

from __future__ import annotations

from orchestrator.cli.model_cells import VirtualCells
from orchestrator.preview.carry_out import carry_out
from orchestrator.preview.model_cell import ModelCell
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.reading import load_protocol


def test_a_protocol_with_very_many_cycles_is_left_and_says_so() -> None:
    cell, model = _rehearsed()
    plan = compile_protocol(load_protocol("cycling-2c-500"), cell, {"cycles": "90000", "worn_out": "1 %"})
    trace = carry_out(plan, model, steps_max=9)

    assert len(trace.steps) == 9
    assert trace.remarks[-1].endswith("nobody looked further than 9 steps")


def test_what_is_just_as_long_is_followed_to_its_end() -> None:
    cell, model = _rehearsed()
    plan = compile_protocol(load_protocol("formation"), cell)
    whole = carry_out(plan, model, steps_max=11)

    assert (len(whole.steps), whole.remarks) == (11, [])


def _rehearsed() -> tuple[Cell, ModelCell]:
    known = VirtualCells().rehearse(Cell("V1", window_min_V=0.01, window_max_V=1.5, material="sio_c_m"))
    return known.cell, known.model
