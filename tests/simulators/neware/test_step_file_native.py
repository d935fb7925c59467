"""Step files that real BTS clients wrote, against what a person reads in them. Nothing here came out of the parser."""

from pathlib import Path

import pytest

from simulators.neware.step_file import parse_step_file
from simulators.neware.step_program import Protection, RecordRule, Step, StepProgram

FOLDER = Path(__file__).parents[3] / ".." / "shared" / "data" / "neware" / "steps"

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the native step files lie beside the checkout"),
]


def approximately(program: StepProgram) -> object:
    """Compare field by field; units conversions may differ in the last bit."""
    return _Approximately(program)


class _Approximately:
    def __init__(self, program: StepProgram) -> None:
        self.program = program

    def __eq__(self, other: object) -> bool:
        return _flat(other) == {
            k: pytest.approx(v) if isinstance(v, float) else v for k, v in _flat(self.program).items()
        }

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return repr(self.program)


def _flat(thing: object, path: str = "") -> dict[str, object]:
    if isinstance(thing, tuple):
        children = {str(index): item for index, item in enumerate(thing)}
    elif hasattr(thing, "__dataclass_fields__"):
        children = {name: getattr(thing, name) for name in thing.__dataclass_fields__}
    else:
        return {path: thing}
    return {key: value for name, item in children.items() for key, value in _flat(item, f"{path}.{name}").items()}


WIDE = Protection(voltage_max_V=5.0, voltage_min_V=-1.0, current_max_A=0.1, current_min_A=-0.1, capacity_max_Ah=0.01)

# A rest of ten minutes, a record a second. 4 mg active mass, 3.15 mAh nominal.
TEN_MINUTES_OF_REST = StepProgram(
    steps=(Step(1, "rest", duration_s=600), Step(2, "end")),
    record=RecordRule(interval_s=1.0),
    protection=WIDE,
    version=17,
    client_version="BTSDA BTS Client 8.0.0.478(2024.06.24)(2024.06.24)(R3)",
    guid="27a24afc-0ae0-4f25-937b-e4e59077787c",
    creator="Graham",
    part_number="2025-11-05 16-55-02",
    remark="Hello there",
    rate_type=105,
    nominal_capacity_Ah=0.00315,
    active_mass_g=0.004,
)

# Ten seconds of rest, half a minute of charge at 2 A, half a minute of discharge, rest. A record a second, per step.
SECOND = RecordRule(interval_s=1.0)
SHORT_PULSES = StepProgram(
    steps=(
        Step(1, "rest", duration_s=10, record=SECOND),
        Step(2, "cc_charge", current_A=2.0, duration_s=30, stop_voltage_V=4.2, record=SECOND),
        Step(3, "cc_discharge", current_A=2.0, duration_s=30, stop_voltage_V=2.5, record=SECOND),
        Step(4, "rest", duration_s=10, record=SECOND),
        Step(5, "end"),
    ),
    version=18,
    client_version="BTSDA BTS Client 8.0.1.492(2025.01.23)(2025.01.23)(R3)",
    guid="8138dd63-7f09-498d-97db-9265133aabf5",
    part_number="2025-09-24 09-29-22",
    rate_type=103,
)

# Five minutes of rest on a large cell: 115 A, 58 Ah, 60 degC.
LARGE_CELL = Protection(
    voltage_max_V=4.25,
    voltage_min_V=2.45,
    current_max_A=115.0,
    current_min_A=-115.0,
    capacity_max_Ah=58.0,
    temperature_max_degC=60.0,
)
LARGE_CELL_REST = StepProgram(
    steps=(Step(1, "rest", duration_s=300, record=SECOND, protection=LARGE_CELL), Step(2, "end")),
    record=SECOND,
    protection=LARGE_CELL,
    version=17,
    client_version="BTSDA BTS Client 8.0.0.513(2023.11.27)(2023.11.27)(R3)",
    guid="fdc20016-4cfb-4164-ae28-a5269d1db720",
    part_number="2024-11-18 12-43-31",
    remark="Unit27_Example_Data_File",
    rate_type=103,
)

# Nothing but a pause.
ONLY_A_PAUSE = StepProgram(
    steps=(Step(1, "pause"), Step(2, "end")),
    record=RecordRule(interval_s=10.0),
    protection=WIDE,
    version=17,
    client_version="BTSDA BTS Client (2024.06.24)(2024.06.24)(R3)",
    guid="b71f4717-f3ff-4004-84ef-ff03a4ba1464",
    creator="Graham",
    part_number="I do not know what PN is",
    remark="Hello there",
    rate_type=105,
    nominal_capacity_Ah=0.00315,
    active_mass_g=0.004,
)

# Half an hour of rest, recorded every 71 s where the file says 11 s.
ODD_INTERVALS = StepProgram(
    steps=(
        Step(
            1,
            "rest",
            duration_s=1800,
            record=RecordRule(interval_s=71.0),
            protection=Protection(voltage_max_V=5.0, voltage_min_V=-1.0),
        ),
        Step(2, "end"),
    ),
    record=RecordRule(interval_s=11.0),
    protection=WIDE,
    version=17,
    client_version="BTSDA BTS Client 8.0.0.478(2024.06.24)(2024.06.24)(R3)",
    guid="fa0e5cfa-ee38-4585-9db4-b19ddd7bc18f",
    creator="Graham",
    part_number="2025-06-17 10-25-30",
    remark="Hello there",
    rate_type=105,
    nominal_capacity_Ah=0.00315,
    active_mass_g=0.004,
)

# 15 cycles at C/2 (1.94 mA) with a held voltage to C/20, then one at C/10, and all that ten times. 3.87 mAh nominal.
TEN_SECONDS = RecordRule(interval_s=10.0)
LOOP_AROUND_A_LOOP = StepProgram(
    steps=(
        Step(1, "cc_charge", current_A=0.00194, stop_voltage_V=4.9),
        Step(2, "cv_charge", current_A=0.00194, voltage_V=4.9, stop_current_A=0.00019, record=TEN_SECONDS),
        Step(3, "cc_discharge", current_A=0.00194, stop_voltage_V=3.5, record=TEN_SECONDS),
        Step(4, "cycle", start_step=1, cycle_count=15),
        Step(5, "cc_charge", current_A=0.00039, stop_voltage_V=4.9, record=TEN_SECONDS),
        Step(6, "cv_charge", current_A=0.00039, voltage_V=4.9, stop_current_A=0.00004, record=TEN_SECONDS),
        Step(7, "cc_discharge", current_A=0.00039, stop_voltage_V=3.5, record=TEN_SECONDS),
        Step(8, "cycle", start_step=1, cycle_count=10),
        Step(9, "end"),
    ),
    record=RecordRule(interval_s=10.0, voltage_change_V=0.1, current_change_A=0.0005),
    protection=Protection(
        voltage_max_V=5.0,
        voltage_min_V=-1.0,
        current_max_A=0.1,
        current_min_A=-0.1,
        capacity_max_Ah=0.01,
        delay_s=5.0,
    ),
    version=17,
    client_version="BTSDA BTS Client (2024.06.24)(2024.06.24)(R3)",
    guid="23533676-f903-4ce8-8869-9a5a7ce8a654",
    creator="kigr",
    part_number="2025-04-07 12-44-13",
    remark="250403_kigr_gen9_06",
    rate_type=105,
    nominal_capacity_Ah=0.00387,
)

# A minute of rest; three cycles each at seven currents; ten minutes of rest; then 50 times: one slow cycle, twenty
# faster ones. Every driven step records each 6 s and each 10 mV; from step 3 on it is protected at 3.5 V and 25 mV.
SIX_SECONDS = RecordRule(interval_s=6.0, voltage_change_V=0.01)
FROM_20_mV = Protection(voltage_max_V=3.5, voltage_min_V=0.02)
FROM_25_mV = Protection(voltage_max_V=3.5, voltage_min_V=0.025)


def charge(number: int, current_A: float, protection: Protection = FROM_25_mV) -> Step:
    return Step(number, "cc_charge", current_A=current_A, stop_voltage_V=3.4, record=SIX_SECONDS, protection=protection)


def discharge(number: int, current_A: float) -> Step:
    return Step(
        number, "cc_discharge", current_A=current_A, stop_voltage_V=1.4, record=SIX_SECONDS, protection=FROM_25_mV
    )


SEVEN_RATES = StepProgram(
    steps=(
        Step(1, "rest", duration_s=60, record=SIX_SECONDS, protection=FROM_20_mV),
        charge(2, 0.06644e-3, FROM_20_mV),
        discharge(3, 0.06644e-3),
        Step(4, "cycle", start_step=2, cycle_count=3),
        charge(5, 0.13289e-3),
        discharge(6, 0.13289e-3),
        Step(7, "cycle", start_step=5, cycle_count=3),
        charge(8, 0.26579e-3),
        discharge(9, 0.26579e-3),
        Step(10, "cycle", start_step=8, cycle_count=3),
        charge(11, 0.44299e-3),
        discharge(12, 0.44299e-3),
        Step(13, "cycle", start_step=11, cycle_count=3),
        charge(14, 0.66448e-3),
        discharge(15, 0.66448e-3),
        Step(16, "cycle", start_step=14, cycle_count=3),
        charge(17, 1.32897e-3),
        discharge(18, 1.32897e-3),
        Step(19, "cycle", start_step=17, cycle_count=3),
        charge(20, 2.65794e-3),
        discharge(21, 2.65794e-3),
        Step(22, "cycle", start_step=20, cycle_count=3),
        Step(23, "rest", duration_s=600),
        charge(24, 0.06644e-3),
        discharge(25, 0.06644e-3),
        charge(26, 0.26579e-3),
        discharge(27, 0.26579e-3),
        Step(28, "cycle", start_step=26, cycle_count=20),
        Step(29, "cycle", start_step=24, cycle_count=50),
        Step(30, "end"),
    ),
    record=SECOND,
    version=17,
    client_version="BTSDA BTS Client 8.0.0.530(2024.02.23)(2024.02.23)(R3)",
    guid="ee84396a-5828-449d-8bee-9d8be5ff40c1",
    creator="PV",
    part_number="09",
    remark="20240424_ic634_HJ19_09_fccc",
    rate_type=103,
    active_mass_g=0.000591,
)

EXPECTED = {
    "21_10_7_85__Step.xml": TEN_MINUTES_OF_REST,
    "46_1_5_60_bts16__Step.xml": SHORT_PULSES,
    "BTS85-36-6-5-110-20240424__Step.xml": SEVEN_RATES,
    "Unit27_Example_Data_File__Step.xml": LARGE_CELL_REST,
    "empty__Step.xml": ONLY_A_PAUSE,
    "interp-test__Step.xml": ODD_INTERVALS,
    "nw4-120-1-6-53__Step.xml": LOOP_AROUND_A_LOOP,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_means_what_a_person_reads_in_it(name: str) -> None:
    assert parse_step_file((FOLDER / name).read_bytes()) == approximately(EXPECTED[name])


def test_no_native_file_is_without_an_expected_program() -> None:
    assert {file.name for file in FOLDER.glob("*.xml")} == set(EXPECTED)
