import statistics

import pandas as pd
import pytest

from orchestrator.analysis.dataset import Dataset
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.rate_capability import rate_capability
from protocols.cell import Cell
from tests.orchestrator.analysis.stored_run import (
    CELL,
    MASS_G,
    Step,
    StepKind,
    columns_of,
    cycle_row,
    cycles_frame,
    half_cell,
    plan_of,
)

RATES = (0.2, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 1.0)
CAPACITIES = (1217, 994, 933, 689, 533, 422, 301, 925.5)  # mAh/g; the last is 99.2 % of 933
SPREAD = (2.0, 1.0, 0.0, -1.0, -2.0)


def label(rate: float) -> str:
    return f"ladder {rate:g} A/g"


def ladder_rows() -> list[dict[str, object]]:
    rows = []
    for rate, capacity in zip(RATES, CAPACITIES, strict=True):
        for shift in SPREAD:
            charge_Ah = (capacity + shift) * MASS_G / 1e3
            rows.append(cycle_row(len(rows) + 1, charge_Ah, charge_Ah * 1.01, label=label(rate)))
    return rows


PLAN = plan_of({label(rate): rate * MASS_G for rate in RATES})


def test_the_ladder_of_the_first_lab() -> None:
    result = rate_capability(half_cell(ladder_rows(), plan=PLAN))
    table = result.table("rates")

    assert table.column("label") == tuple(label(rate) for rate in RATES)
    assert table.column("current") == pytest.approx(RATES)
    assert table.column("capacity") == pytest.approx(CAPACITIES)
    assert table.column("standard deviation") == pytest.approx([statistics.stdev(SPREAD)] * 8)
    assert table.column("retention")[6] == pytest.approx(100 * 301 / 1217)
    assert table.column("first cycle")[-1] == 36
    assert table.column("recovery")[:7] == (None,) * 7
    recovery = result.value("recovery, ladder 1 A/g, time 2")
    assert recovery.value == pytest.approx(100 * 925.5 / 933)
    assert recovery.note == "cycles 36-40 against cycles 11-15"
    assert result.value("capacity, ladder 0.2 A/g").uncertainty == pytest.approx(statistics.stdev(SPREAD))
    assert result.value("capacity, ladder 1 A/g").value == pytest.approx(933)
    assert result.warnings == ()


def test_only_whole_cycles_are_averaged() -> None:
    rows = ladder_rows()
    rows[0]["gap"] = True
    rows[-1]["complete"] = False
    result = rate_capability(half_cell(rows, plan=PLAN))

    assert result.table("rates").column("cycles used") == (4, 5, 5, 5, 5, 5, 5, 4)
    assert result.table("rates").column("capacity")[0] == pytest.approx(1217 - 0.5)
    assert result.provenance[0].cycles == ((2, 39),)
    assert len(result.warnings) == 2


def test_the_current_comes_from_the_records_where_no_plan_tells() -> None:
    rows = [cycle_row(1, 2e-3, 2.1e-3, label="slow"), cycle_row(2, 1e-3, 1.1e-3, label="fast")]
    steps = [
        Step(1, 1, StepKind.CC_DISCHARGE, current_A=-1e-3),
        Step(1, 2, StepKind.CC_CHARGE, current_A=1e-3),
        Step(2, 3, StepKind.CC_DISCHARGE, current_A=-4e-3),
        Step(2, 4, StepKind.CC_CHARGE, current_A=4e-3),
    ]
    records = pd.DataFrame(columns_of(steps)).assign(record=range(1, 21))
    result = rate_capability(Dataset.from_frames(cycles_frame(rows), cell=CELL, records=records))

    assert result.table("rates").column("current") == pytest.approx([1e-3 / MASS_G, 4e-3 / MASS_G])
    assert result.provenance[0].records == ((1, 20),)


def test_without_mass_capacities_are_in_mAh_and_currents_in_A() -> None:
    result = rate_capability(half_cell(ladder_rows(), cell=Cell("L9"), plan=PLAN))
    units = {column.name: column.unit for column in result.table("rates").columns}

    assert units["capacity"] == "mAh"
    assert units["current"] == "A"
    assert result.table("rates").column("current")[0] == pytest.approx(0.2 * MASS_G)


def test_an_unknown_current_is_said_and_recovery_goes_by_the_label() -> None:
    rows = [cycle_row(n, 1e-3 * n, 1e-3, label=text) for n, text in enumerate(("a", "b", "a"), start=1)]
    result = rate_capability(Dataset.from_frames(cycles_frame(rows), cell=CELL), cell_type="half")

    assert result.table("rates").column("current") == (None, None, None)
    assert result.value("recovery, a, time 2").value == pytest.approx(300.0)
    assert result.warnings == ("no current is known for a, b: neither the plan nor records tell",)


def test_a_group_without_a_whole_cycle_has_no_capacity() -> None:
    rows = [
        cycle_row(1, 1e-3, 1e-3, label="a", gap=True),
        cycle_row(2, 1e-3, 1e-3, label="b"),
        cycle_row(3, 1e-3, 1e-3),
    ]
    result = rate_capability(half_cell(rows))

    assert result.value("capacity, a").value is None
    assert result.table("rates").column("retention") == (None, None)
    assert "cycle 3 left out: without a label" in result.warnings


def test_cycles_without_labels_are_refused_with_the_remedy() -> None:
    with pytest.raises(AnalysisError, match=r"label: ladder \$rate"):
        rate_capability(half_cell([cycle_row(1, 1e-3, 1e-3)]))
