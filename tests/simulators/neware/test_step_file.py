"""Step files of every shape that writers are known to make."""

import pytest
from aurora_unicycler import (
    ConstantCurrent,
    ConstantVoltage,
    CyclingProtocol,
    Loop,
    OpenCircuitVoltage,
    RecordParams,
    SafetyParams,
    SampleParams,
    Tag,
)

from simulators.neware.step_file import StepFileError, parse_step_file
from simulators.neware.step_program import Condition, Protection, RecordRule, Step

BODY = """<root>
  <config type="Step File" version="{version}" client_version="BTS Client" date="20260105080000" Guid="g">
    <Head_Info>
      <Operate Value="65" /><Scale Value="{scale}" /><Start_Step Value="1" Hide_Ctrl_Step="0" />
      <Creator Value="{creator}" /><RateType Value="{rate_type}" /><MultCap Value="{multcap}" />
    </Head_Info>
    <Whole_Prt>{whole}</Whole_Prt>
    <Step_Info Num="{num}">{steps}</Step_Info>
    <SMBUS><SMBUS_Info Num="0" AdjacentInterval="0" /></SMBUS>
  </config>
</root>"""
REST = '<Step1 Step_ID="1" Step_Type="4"><Limit><Main><Time Value="60000" /></Main></Limit></Step1>'
END = '<Step2 Step_ID="2" Step_Type="6" />'


def document(**values: object) -> str:
    defaults = {
        "version": 17, "scale": 1, "creator": "Li", "rate_type": 103, "multcap": 3600, "whole": "", "num": 2,
        "steps": REST + END,
    }  # fmt: skip
    return BODY.format(**(defaults | values))


def declared(encoding: str | None, text: str) -> str:
    declaration = '<?xml version="1.0"?>' if encoding is None else f'<?xml version="1.0" encoding="{encoding}"?>'
    return f"{declaration}\r\n{text}"


def step(step_type: int, main: str = "", other: str = "") -> Step:
    xml = f'<Step1 Step_ID="1" Step_Type="{step_type}"><Limit><Main>{main}</Main><Other>{other}</Other></Limit></Step1>'
    return parse_step_file(document(steps=xml + END).encode()).steps[0]


@pytest.mark.parametrize(
    ("declaration", "written"),
    [("GB2312", "gb2312"), ("GB2312", "utf-8"), ("utf-8", "utf-8"), (None, "utf-8"), ("UTF-8", "utf-8-sig")],
)
def test_chinese_reads_right_whatever_the_declaration_says(declaration: str | None, written: str) -> None:
    data = declared(declaration, document(creator="李雷 电池")).encode(written)
    assert parse_step_file(data).creator == "李雷 电池"


def test_gb2312_that_happens_to_be_valid_utf8_follows_its_declaration() -> None:
    data = declared("GB2312", document(creator="拢")).encode("gb2312")
    assert data.decode("utf-8")  # 0xC2 0xA3, which is also a pound sign
    assert parse_step_file(data).creator == "拢"


@pytest.mark.parametrize("version", [16, 17, 18])
def test_versions(version: int) -> None:
    assert parse_step_file(document(version=version).encode()).version == version


def test_scale_divides_currents_and_capacities_and_nothing_else() -> None:
    main = '<Curr Value="250" /><Stop_Volt Value="42000" /><Time Value="1500" /><Cap Value="360000" />'
    steps = f'<Step1 Step_ID="1" Step_Type="1"><Limit><Main>{main}</Main></Limit></Step1>' + END
    read = parse_step_file(document(scale=100, steps=steps, multcap=36_000_000).encode())
    assert read.steps[0] == Step(1, "cc_charge", 0.0025, None, 1.5, 4.2, None, 0.001)
    assert read.nominal_capacity_Ah == pytest.approx(0.1)


def test_a_rate_without_current_takes_the_nominal_capacity() -> None:
    assert step(1, '<Rate Value="0.5" /><Stop_Volt Value="15000" />').current_A == pytest.approx(0.0005)


def test_whole_file_record_and_protection() -> None:
    whole = """
      <Protect><Main><Volt><Upper Value="20000" /><Lower Value="-500" /></Volt>
        <Curr><Upper Value="10" /><Lower Value="-12" /></Curr>
        <Delay_Time Value="2000" /><Cap><Upper Value="7200" /></Cap>
      </Main><Aux><Step_TempH Value="450" /><Step_TempL Value="-50" /></Aux></Protect>
      <Record><Main><Time Value="500" /><Volt Value="50" /><Curr Value="0.1" /></Main></Record>"""
    read = parse_step_file(document(whole=whole).encode())
    assert read.record == RecordRule(0.5, 0.005, 0.0001)
    assert read.protection == Protection(2.0, -0.05, 0.01, -0.012, 0.002, 45.0, -5.0, 2.0)


def test_conditions() -> None:
    other = """<CndCount Value="3" />
      <Cnd1 type="1" CmpType="4" Jump_Line="65526" Value="15000" Function="0" TimeGoto="0" />
      <Cnd2 type="2" CmpType="5" Jump_Line="65535" Value="0.2" />
      <Cnd3 type="3" CmpType="3" Jump_Line="2" Value="60000" />"""
    assert step(4, other=other).conditions == (
        Condition("voltage", ">=", 1.5, "next"),
        Condition("current", "<", 0.0002, "finish"),
        Condition("time", ">", 60.0, 2),
    )


@pytest.mark.parametrize(
    ("number", "kind"),
    [(7, "cccv_charge"), (13, "pause"), (16, "pulse"), (19, "cv_discharge"), (20, "cccv_discharge"), (25, "ramp")],
)
def test_kinds_are_kept_also_where_they_cannot_be_executed(number: int, kind: str) -> None:
    assert step(number).kind == kind


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"not xml", "not a readable XML file"),
        (b"<root/>", "no <config"),
        (document(version=9).encode(), "version 9 is unknown"),
        (document(num=3).encode(), "announces 3 steps and holds 2"),
        (document(steps=REST.replace('ID="1"', 'ID="4"') + END).encode(), "count from 1 without gaps"),
        (document(steps=REST.replace('Type="4"', 'Type="99"') + END).encode(), "Step_Type 99 is unknown"),
        (document(steps=REST.replace("60000", "a minute") + END).encode(), "'a minute' is no number"),
        (document(steps=REST.replace("60000", "nan") + END).encode(), "'nan' is no number"),
        (declared("utf-8", document(creator="电")).encode("gb2312"), "it is not UTF-8"),
        (('<!DOCTYPE r [<!ENTITY a "b">]>' + document(creator="&a;")).encode(), "not a readable XML file"),
    ],
)
def test_what_is_no_step_file_is_refused_with_the_reason(data: bytes, message: str) -> None:
    with pytest.raises(StepFileError, match=message):
        parse_step_file(data)


def test_what_unicycler_writes() -> None:
    protocol = CyclingProtocol(
        sample=SampleParams(name="cell 1", capacity_mAh=3.0),
        record=RecordParams(time_s=10, voltage_V=0.01),
        safety=SafetyParams(max_voltage_V=2.0, min_voltage_V=-0.05, max_current_mA=10, min_current_mA=-10),
        method=[
            OpenCircuitVoltage(until_time_s=60),
            Tag(tag="here"),
            ConstantCurrent(rate_C=-0.5, until_voltage_V=0.01),
            ConstantVoltage(voltage_V=0.01, until_rate_C=-0.05),
            ConstantCurrent(current_mA=1.5, until_voltage_V=1.5),
            Loop(loop_to="here", cycle_count=4),
        ],
    )
    read = parse_step_file(protocol.to_neware_xml().encode("utf-8"))
    assert [s.kind for s in read.steps] == ["rest", "cc_discharge", "cv_discharge", "cc_charge", "cycle", "end"]
    lithiate, hold, delithiate, loop = read.steps[1:5]
    assert lithiate.current_A == pytest.approx(0.0015)
    assert lithiate.stop_voltage_V == pytest.approx(0.01)
    assert (hold.voltage_V, hold.stop_current_A) == (pytest.approx(0.01), pytest.approx(0.00015))
    assert (delithiate.current_A, delithiate.stop_voltage_V) == (pytest.approx(0.0015), pytest.approx(1.5))
    assert (loop.start_step, loop.cycle_count) == (2, 4)
    assert read.record == RecordRule(10.0, 0.01)
    assert (read.protection.voltage_max_V, read.protection.voltage_min_V) == (2.0, -0.05)
    assert (read.protection.current_max_A, read.protection.current_min_A) == (0.01, -0.01)
