"""PyProBE, a reader that nobody here wrote, finds in an exported run what the instrument counted."""

import importlib.util
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.orchestrator.export.test_export_run import CYCLING, FORMATION, RECORDS, exported

pytestmark = [
    pytest.mark.skipif(
        importlib.util.find_spec("pyprobe") is None, reason="PyProBE (with streamlit and Jupyter) is installed by CI"
    ),
    pytest.mark.filterwarnings("ignore"),  # its own: pydantic 1 and polars 0.20
]


def test_capacities_of_every_cycle(engine: Engine, tmp_path: Path) -> None:
    import polars as pl
    from pyprobe import Cell
    from pyprobe.analysis import cycling
    from pyprobe.cyclers import column_maps

    file = exported(engine, tmp_path / "out").data
    cell = Cell(info={"Name": "SiO"})
    cell.import_from_cycler(
        "study",
        "generic",
        str(file),
        output_data_path=str(tmp_path / "pyprobe.parquet"),
        column_importers=[
            column_maps.ConvertUnitsMap("Time [s]", "Test Time / *"),
            column_maps.ConvertUnitsMap("Current [A]", "Current / *"),
            column_maps.ConvertUnitsMap("Voltage [V]", "Voltage / *"),
            column_maps.CapacityFromChDchMap("Charging Capacity / *", "Discharging Capacity / *"),
            column_maps.CastAndRenameMap("Step", "Step Count / 1", pl.UInt64),
        ],
    )
    study = cell.procedure["study"]
    assert len(study.data) == RECORDS
    assert study.data["Time [s]"].is_sorted()

    measured_Ah = [step.capacity_Ah for step in (*FORMATION, *CYCLING) if step.capacity_Ah]
    for place, half in enumerate([study.discharge(0), study.charge(0), study.discharge(1), study.charge(1)]):
        passed_Ah = half.data["Capacity [Ah]"].max() - half.data["Capacity [Ah]"].min()
        assert passed_Ah == pytest.approx(measured_Ah[place], rel=1e-9)
    summary = cycling.summary(study).data
    assert summary["Charge Capacity [Ah]"].sum() > 0
