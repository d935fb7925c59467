import pytest

from orchestrator.analysis.cycles import cycles
from orchestrator.analysis.dataset import Dataset
from orchestrator.analysis.errors import AnalysisError
from orchestrator.analysis.result import RunUsed
from protocols.cell import Cell
from tests.orchestrator.analysis.stored_run import (
    AREA_CM2,
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

FIRST = cycle_row(1, charge_Ah=3.820e-3, discharge_Ah=5.128e-3)  # 1865 mAh/g in, 74.5 % out
SECOND = cycle_row(2, charge_Ah=3.800e-3, discharge_Ah=3.850e-3)


def test_a_half_cell_is_judged_by_delithiation_over_lithiation_of_the_same_cycle() -> None:
    result = cycles(half_cell([FIRST, SECOND]))

    initial = result.value("initial coulombic efficiency")
    assert initial.value == pytest.approx(100 * 3.820 / 5.128)
    assert initial.unit == "%"
    assert "half cell: the plan begins with a discharge" in (initial.note or "")
    mean = result.value("mean coulombic efficiency of the first 5 cycles")
    assert mean.value == pytest.approx((100 * 3.820 / 5.128 + 100 * 3.800 / 3.850) / 2)
    assert mean.note == "mean of 2 of 5 cycles"
    assert result.value("first discharge capacity").value == pytest.approx(5.128 / MASS_G)
    assert result.warnings == ()


def test_every_column_of_the_table_follows_from_the_counters() -> None:
    table = cycles(half_cell([FIRST])).table("cycles")

    def entry(name: str) -> object:
        return table.column(name)[0]

    assert entry("charge capacity") == pytest.approx(3.820)
    assert entry("discharge specific capacity") == pytest.approx(5.128 / MASS_G)
    assert entry("charge areal capacity") == pytest.approx(3.820 / AREA_CM2)
    assert entry("discharge energy") == pytest.approx(0.2 * 5.128)
    assert entry("mean charge voltage") == pytest.approx(0.6)
    assert entry("mean discharge voltage") == pytest.approx(0.2)
    assert entry("voltage hysteresis") == pytest.approx(0.4)
    assert entry("duration") == pytest.approx(1.0)
    assert "energy efficiency" not in [column.name for column in table.columns], "it says nothing of a half cell"
    units = {column.name: column.unit for column in table.columns}
    assert units["charge capacity"] == "mAh"
    assert units["charge areal capacity"] == "mAh/cm2"


def test_a_full_cell_is_judged_by_discharge_over_charge() -> None:
    plan = plan_of({"cycling": 1e-3}, begins="charge")
    result = cycles(half_cell([cycle_row(1, charge_Ah=4e-3, discharge_Ah=3e-3)], plan=plan))

    initial = result.value("initial coulombic efficiency")
    assert initial.value == pytest.approx(75.0)
    assert (initial.note or "").startswith("full cell")
    row = result.table("cycles")
    energy_mWh = {way: row.column(f"{way} energy")[0] for way in ("charge", "discharge")}
    assert row.column("energy efficiency")[0] == pytest.approx(100 * energy_mWh["discharge"] / energy_mWh["charge"])
    assert result.values[2].name == "first charge capacity"


def test_the_option_overrides_what_the_plan_suggests() -> None:
    result = cycles(half_cell([FIRST]), cell_type="full")

    assert result.value("initial coulombic efficiency").value == pytest.approx(100 * 5.128 / 3.820)
    assert result.value("initial coulombic efficiency").note == "full cell: as asked for"


def test_without_a_plan_the_first_current_in_the_records_decides() -> None:
    steps = [Step(1, 1, StepKind.REST), Step(1, 2, StepKind.CC_DISCHARGE), Step(1, 3, StepKind.CC_CHARGE)]
    import pandas as pd

    dataset = Dataset.from_frames(cycles_frame([FIRST]), cell=CELL, records=pd.DataFrame(columns_of(steps)))
    assert "half cell: the data begins" in (cycles(dataset).value("initial coulombic efficiency").note or "")

    with pytest.raises(AnalysisError, match="set cell_type to half or full"):
        cycles(Dataset.from_frames(cycles_frame([FIRST]), cell=CELL))


def test_a_cycle_with_a_gap_or_without_an_end_counts_for_nothing_and_is_named() -> None:
    rows = [
        FIRST | {"gap": True},
        SECOND,
        cycle_row(3, charge_Ah=3.7e-3, discharge_Ah=3.7e-3),
        cycle_row(4, charge_Ah=0.0, discharge_Ah=3.7e-3),
        cycle_row(5, charge_Ah=1.0e-3, discharge_Ah=3.7e-3, complete=False),
    ]
    result = cycles(half_cell(rows))

    assert result.value("initial coulombic efficiency").value is None
    assert result.value("first charge capacity").value is None
    mean = result.value("mean coulombic efficiency of the first 5 cycles")
    assert mean.value == pytest.approx((100 * 3.800 / 3.850 + 100.0) / 2)
    assert result.table("cycles").column("excluded") == ("gap", "", "", "no charge", "incomplete")
    assert result.table("cycles").column("coulombic efficiency")[0] is None
    assert result.warnings == (
        "cycle 5 left out: not complete",
        "cycle 1 left out: with records known to be missing",
        "cycle 4 left out: without a charge",
    )
    assert result.provenance == (RunUsed(1, ((2, 3),)),)


def test_without_mass_and_area_their_columns_are_absent_and_said_so() -> None:
    result = cycles(half_cell([FIRST], cell=Cell("L9")))

    names = [column.name for column in result.table("cycles").columns]
    assert "charge capacity" in names
    assert not [name for name in names if "specific" in name or "areal" in name]
    assert result.value("first charge capacity").unit == "mAh"
    assert result.warnings[:2] == (
        "cell L9 has no active mass: nothing is given per gram",
        "cell L9 has no area: nothing is given per cm2",
    )


def test_a_mass_that_was_corrected_after_the_launch_is_used_and_named() -> None:
    result = cycles(half_cell([FIRST], cell=Cell("L1", active_mass_g=0.0025, area_cm2=1.0)))

    assert result.value("first charge capacity").value == pytest.approx(3.820 / 0.0025)
    assert result.warnings == ("active mass is 0.0025 g now and was 0.00275 g at launch; used: now",)


def test_several_runs_keep_apart() -> None:
    runs = (*half_cell([FIRST]).runs, *half_cell([FIRST, SECOND], run_id=2).runs)
    dataset = Dataset(runs)
    result = cycles(dataset)

    assert result.value("run 2: first charge capacity").value == pytest.approx(3.820 / MASS_G)
    assert len(result.table("run 2: cycles").rows) == 2
    assert [used.run_id for used in result.provenance] == [1, 2]
    assert dataset.cycles["run_id"].tolist() == [1, 2, 2]


@pytest.mark.parametrize("options", [{"cell_type": "hlaf"}, {"first_cycles": 0}])
def test_a_wrong_option_is_refused_by_name(options: dict[str, object]) -> None:
    with pytest.raises(AnalysisError, match=next(iter(options))):
        cycles(half_cell([FIRST]), **options)  # type: ignore[arg-type]
