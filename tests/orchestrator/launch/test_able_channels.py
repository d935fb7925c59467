"""What a channel cannot do at all is refused with the channels of the lab that can; so are rules nobody carries out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from drivers.contracts import Cycler
from drivers.errors import Refused
from orchestrator.config import InstrumentPlace, Lab, read_lab
from orchestrator.instruments import open_cycler
from orchestrator.launch.able_channels import AbleChannels
from orchestrator.launch.bench_limits import beyond_bench_limits
from orchestrator.launch.prepared import prepare
from orchestrator.launch.refusal import LaunchRefused
from orchestrator.launch.target import find_target
from orchestrator.store.instruments import Channel, Instrument, upsert_channels, upsert_instruments
from orchestrator.store.transactions import reading, writing
from protocols.cell import Cell
from protocols.plan import Estimate, Plan, Segment
from protocols.program import (
    ConstantCurrent,
    Impedance,
    Limits,
    Loop,
    Origin,
    Program,
    Record,
    Rest,
    RetentionRule,
    Step,
    Until,
    VoltagePoint,
    VoltageScan,
)
from tests.orchestrator.fake_cycler import FakeCycler, NoPauses
from tests.orchestrator.launch.bench_lab import fill, make_lab

VSP = """\
  vsp-1: {driver: biologic, address: 192.0.2.20}
benches:
  P1: {channel: vsp-1/1}
"""


def at(line: int) -> Origin:
    return Origin(line, f"steps[{line}]")


CV = VoltageScan(VoltagePoint(0.0, "open_circuit"), (VoltagePoint(0.01), VoltagePoint(1.5)), 1e-4, at(14))
PEIS = Impedance("potentiostatic", 1e5, 0.1, 6, at(15), amplitude_peak_V=0.01, bias=VoltagePoint(0.0, "open_circuit"))


def plan(*steps: Step) -> Plan:
    estimate = Estimate(1.0, 1, 1, 1)
    segment = Segment(Program(steps, Limits(-0.05, 2.0, 0.01), Record(interval_s=10.0)), estimate)
    return Plan("mine", "0", Cell("L1"), {}, (segment,), (), estimate)


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    """Two NEWARE benches, and one of a potentiostat."""
    path = make_lab(tmp_path).path
    path.write_text(path.read_text().replace("benches:\n", VSP))
    return read_lab(path)


def refused(lab: Lab, place: str, able: AbleChannels, made: Plan) -> tuple[str, ...]:
    target = find_target(lab, place)
    with pytest.raises(LaunchRefused) as refusal:
        prepare(made, lab.limits, target, able.cycler_for(target.instrument), able)
    return refusal.value.problems


def drivers(lab: Lab, potentiostat: Cycler) -> Callable[[InstrumentPlace], Cycler]:
    return lambda place: potentiostat if place.name == "vsp-1" else open_cycler(lab, place.name)


def test_the_driver_names_the_channels_of_an_instrument_that_nobody_has_seen_yet(lab: Lab) -> None:
    able = AbleChannels(lab, drivers(lab, FakeCycler()))
    here = "A1 (bts-1/27-21-1-1):"
    go, yes = "run this protocol on a potentiostat's channel", "channels that can: P1 (vsp-1/1)"
    assert refused(lab, "A1", able, plan(Loop(2, (CV, PEIS), at(13)))) == (
        f"{here} line 14: cyclic voltammetry: a NEWARE channel cannot sweep the voltage; {go}; {yes}",
        f"{here} line 15: potentiostatic impedance: a NEWARE channel has no frequency response analyser; {go}; {yes}",
    )


def test_what_the_instruments_have_told_counts_more_than_their_drivers(
    lab: Lab, open_engine: Callable[..., Engine]
) -> None:
    fill(lab)
    engine = open_engine(lab.database_url)
    channels = {"1": ["voltage_scan", "impedance"], "2": ["voltage_scan"]}
    with writing(engine) as connection:
        upsert_instruments(connection, [Instrument("vsp-1", "biologic", "192.0.2.20")])
        rows = [Channel("vsp-1", name, None, None, {"techniques": can}) for name, can in channels.items()]
        upsert_channels(connection, rows)
    with reading(engine) as connection:
        able = AbleChannels(lab, drivers(lab, NoPauses(techniques=frozenset())), connection)
        sweep, spectrum = refused(lab, "A1", able, plan(CV, PEIS))
    assert sweep.endswith("; channels that can: P1 (vsp-1/1), vsp-1/2")
    assert spectrum.endswith("; channels that can: P1 (vsp-1/1)")


def test_a_lab_without_such_a_channel_says_so(lab: Lab) -> None:
    def without_library(place: InstrumentPlace) -> Cycler:
        if place.name == "vsp-1":
            raise Refused("EClib64.dll is not installed")
        return open_cycler(lab, place.name)

    (problem,) = refused(lab, "A1", AbleChannels(lab, without_library), plan(CV))
    assert problem.endswith("; no channel of this lab can")


def test_another_reason_names_no_other_channel(lab: Lab) -> None:
    strong = ConstantCurrent(0.06, Until(voltage_V=1.0), at(7))
    able = AbleChannels(lab, drivers(lab, FakeCycler()))
    assert refused(lab, "A1", able, plan(strong)) == (
        "A1 (bts-1/27-21-1-1): line 7: 0.06 A is beyond the channel's 0.05 A",
    )


def test_a_stop_rule_needs_an_instrument_that_ends_at_a_cycles_boundary(lab: Lab) -> None:
    fade = plan(Loop(500, (Rest(Until(duration_s=1.0), at(7)),), at(6), RetentionRule(0.8, 3)))
    (problem,) = refused(lab, "P1", AbleChannels(lab, drivers(lab, NoPauses())), fade)
    assert problem.startswith(
        "P1 (vsp-1/1): line 6: stop_when: this instrument cannot be ended at a cycle's boundary; "
    )
    target = find_target(lab, "P1")
    assert prepare(fade, lab.limits, target, FakeCycler()).plan is fade


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (VoltageScan(VoltagePoint(-0.6), (VoltagePoint(1.5),), 1e-4, at(3)), "line 3: -0.6 V is outside the lab's"),
        (VoltageScan(VoltagePoint(1.5), (VoltagePoint(5.1),), 1e-4, at(3)), "line 3: 5.1 V is outside"),
        (VoltageScan(VoltagePoint(1.5), (VoltagePoint(1.0),), 1e-4, at(3), end=VoltagePoint(6)), "line 3: 6 V is out"),
        (
            VoltageScan(VoltagePoint(3.1, "open_circuit"), (VoltagePoint(1.0),), 1e-4, at(3)),
            "line 3: +3.1 V from open circuit, which limits allow at 2 V: 5.1 V is outside the lab's limits",
        ),
        (
            VoltageScan(VoltagePoint(0.1), (VoltagePoint(-0.5, "open_circuit"),), 1e-4, at(3)),
            "line 3: -0.5 V from open circuit, which limits allow at -0.05 V: -0.55 V is outside",
        ),
        (
            Impedance("potentiostatic", 1e5, 1.0, 6, at(4), amplitude_peak_V=0.2, bias=VoltagePoint(-0.4)),
            "line 4: -0.6 V is outside",
        ),
        (
            Impedance("potentiostatic", 1e5, 1.0, 6, at(4), amplitude_peak_V=0.2, bias=VoltagePoint(4.9)),
            "line 4: 5.1 V is outside",
        ),
        (
            Impedance(
                "potentiostatic", 1e5, 1.0, 6, at(4), amplitude_peak_V=0.2, bias=VoltagePoint(2.9, "open_circuit")
            ),
            "line 4: +2.9 V from open circuit, which limits allow at 2 V: 5.1 V is outside",
        ),
        (
            Impedance("galvanostatic", 1e5, 1.0, 6, at(5), amplitude_peak_A=0.06, bias_current_A=-0.05),
            "line 5: 0.11 A is more than the lab's limit, 0.1 A",
        ),
        (
            Impedance("galvanostatic", 1e5, 1.0, 6, at(5), amplitude_peak_A=float("nan")),
            "line 5: nan A is more than the lab's limit",
        ),
    ],
)
def test_sweeps_and_impedance_stay_inside_the_limits_of_the_lab(lab: Lab, step: Step, says: str) -> None:
    (problem,) = beyond_bench_limits(plan(step), lab.limits)
    assert problem.startswith(says)


def test_what_stays_inside_passes(lab: Lab) -> None:
    assert beyond_bench_limits(plan(CV, PEIS), lab.limits) == []
    at_the_edge = Impedance("potentiostatic", 1e5, 1.0, 6, at(4), amplitude_peak_V=0.1, bias=VoltagePoint(4.9))
    assert beyond_bench_limits(plan(at_the_edge), lab.limits) == []
