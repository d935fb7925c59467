"""Cycles of voltammetry go through what was made for constant currents: grouped by label, at no constant current."""

from sqlalchemy import Engine

from orchestrator.analysis.load_dataset import load_dataset
from orchestrator.analysis.per_cycle import per_cycle
from orchestrator.analysis.rate_groups import group_cycles
from orchestrator.store.transactions import reading
from orchestrator.store.windows import record_window
from tests.orchestrator.export.voltammetry_run import SWEEP, store_voltammetry, voltammogram


def test_cycles_of_voltammetry_are_one_group_without_a_current(engine: Engine) -> None:
    run_id = store_voltammetry(engine, cycles=3)
    with reading(engine) as conn:
        run = load_dataset(conn, [run_id]).runs[0]
        (group,) = group_cycles(run, per_cycle(run, "half"), "charge_capacity_mAh", "charge")

    swept_mAh = voltammogram(3)["step_capacity_Ah"][299::300] * 1e3
    # The third has not been seen to end.
    assert (group.label, group.cycles, group.used) == (SWEEP.label, (1, 2, 3), (1, 2))
    assert group.current_A is None
    assert group.mean is not None
    assert abs(group.mean - swept_mAh[:2].mean()) < 1e-12


def test_levels_keep_the_extremes_of_sweeps(engine: Engine) -> None:
    run_id = store_voltammetry(engine, cycles=3)
    measured = voltammogram(3)
    with reading(engine) as conn:
        plot = record_window(conn, run_id, buckets=5)

    assert plot["records"].sum() == len(measured["seq"])
    assert plot["current_max_A"].max() == measured["current_A"].max()
    assert plot["current_min_A"].min() == measured["current_A"].min()
