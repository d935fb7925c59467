"""A preview is what the virtual NEWARE makes of the same protocol, sent to it as its own step file."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from drivers.neware.step_file import step_file
from orchestrator.preview.carry_out import carry_out
from orchestrator.preview.summary import cycle_sums
from orchestrator.preview.trace import Trace
from protocols.cell import Cell
from protocols.compile import compile_protocol
from protocols.plan import Segment
from protocols.reading import parse_protocol
from simulators.cell import VirtualCell, load_material
from simulators.neware.channel import Channel, ChannelHardware
from simulators.neware.step_file import parse_step_file

MASS_g, AREA_cm2 = 0.00275, 1.131
CELL = Cell("C", MASS_g, AREA_cm2, MASS_g * 1.217, 0.01, 1.5, "sio_c_l")
PROTOCOL = b"""cellbench: 1
protocol: mixed
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 4 V], current: 20 mA}
record: {every: 60 s, voltage_change: 5 mV}
steps:
  - rest: 1 h
  - repeat: 3
    label: slow
    steps:
      - discharge: {current: 0.2 A/g, hold_at: 0.01 V, until: {current: 0.02 A/g}}
      - charge: {current: 0.2 A/g, until: {voltage: 1.5 V}}
  - repeat: 4
    label: fast
    steps:
      - discharge: {current: 2C, until: {capacity: 1 mAh, voltage: 0.01 V}}
      - rest: 10 min
      - charge: {current: 2C, until: {voltage: 1.5 V}}
"""


@dataclass(frozen=True)
class Instrument:
    """What the channel's ledger says."""

    capacities_Ah: dict[tuple[int, str], float]
    durations_s: list[float]
    records: int


def virtual_cell() -> VirtualCell:
    return VirtualCell(load_material("sio_c_l"), MASS_g, AREA_cm2)


def plan() -> tuple[Segment, Trace]:
    compiled = compile_protocol(parse_protocol(PROTOCOL.decode(), "mixed.yaml"), CELL)
    (segment,) = compiled.items
    assert isinstance(segment, Segment)
    return segment, carry_out(compiled, virtual_cell())


def measured(segment: Segment) -> Instrument:
    channel = Channel("27-21-1-1", virtual_cell(), ChannelHardware())
    channel.start(parse_step_file(step_file(segment.program)), "C", 0.0, 1)
    end_s = 30 * 86400.0
    channel.advance(end_s)
    assert channel.workstatus == "finish"
    layers = channel.tests[-1].steps(end_s)
    sums: dict[tuple[int, str], float] = {}
    for layer in layers:
        way = "charge" if layer.steptype in ("cc", "cv", "cccv") else "discharge"
        key = (layer.cycleid, way)
        sums[key] = sums.get(key, 0.0) + layer.cap
    return Instrument(sums, [layer.steptime_ms / 1000 for layer in layers], channel.tests[-1].count(end_s))


def test_capacities_durations_and_records_are_those_of_the_instrument() -> None:
    segment, trace = plan()
    instrument = measured(segment)

    previewed = cycle_sums(trace)
    assert len(previewed) == 7
    for one in previewed:
        # a step on the instrument ends at the next tenth of a second, and its meters are not perfect
        assert one.discharge_Ah == pytest.approx(instrument.capacities_Ah[one.cycle, "discharge"], rel=2e-3)
        assert one.charge_Ah == pytest.approx(instrument.capacities_Ah[one.cycle, "charge"], rel=2e-3)
    assert [one.label for one in previewed] == ["slow"] * 3 + ["fast"] * 4
    assert [step.duration_s for step in trace.steps] == pytest.approx(instrument.durations_s, rel=1e-2, abs=0.2)
    assert trace.records == pytest.approx(instrument.records, rel=0.02)
