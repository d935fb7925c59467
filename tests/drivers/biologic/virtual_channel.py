"""Programs executed on a virtual VSP-300 without the driver's transport: loaded, run, drained and decoded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from drivers.biologic.decode import NO_POINTS, NO_RECORDS, Decoder
from drivers.biologic.decoder_state import DecoderState
from drivers.biologic.raw_segment import RawSegment
from drivers.biologic.technique_list import Technique, TechniqueList
from drivers.contracts import Columns
from simulators.lab.client import LabControl
from simulators.lab.lab_file import parse_lab
from simulators.lab.thread import LabThread
from tests.simulators.biologic.eclib_client import EclibClient, Parameters, Rows

LAB = """
virtual_lab: a potentiostat
control: 127.0.0.1:0
start: 2026-01-05T08:00:00+08:00
speed_without_node: 0
instruments:
  vsp-1:
    kind: vsp300
    listen: 127.0.0.1:0
    channels: [0]
    board: {{voltage_noise_V: {noise_V}, current_noise_A: {noise_A}, board_type: {board_type}}}
    cells: {{0: {{material: sio_c_l, active_mass_g: 0.00275, area_cm2: 1.131, seed: 11}}}}
"""
SUFFIXES = {2: "4", 3: "5"}
START_UNIX_s = 1.7e9


@dataclass
class Bench:
    """A virtual channel 0 with a cell."""

    eclib: EclibClient
    control: LabControl
    board_type: int = 2
    segments: list[RawSegment] = field(default_factory=list)

    def load(self, techniques: TechniqueList) -> None:
        listed = techniques.techniques
        for place, technique in enumerate(listed):
            stem = technique.stem + SUFFIXES[self.board_type]
            last = place == len(listed) - 1
            code = self.eclib.load(0, stem, _as_sent(technique), first=place == 0, last=last)
            assert code == 0, self.eclib.message(0)

    def run(self, techniques: TechniqueList, for_s: float, looks: int = 1) -> None:
        """Load, start, and let time pass, with as many looks."""
        self.load(techniques)
        assert self.eclib.start(0) == 0
        self.go_on(for_s, looks)

    def go_on(self, for_s: float, looks: int = 1) -> None:
        for _ in range(looks):
            self.control.advance(for_s / looks)
            self.segments += [self._raw(rows) for rows in self.eclib.drain(0)]

    def ledger(self) -> dict[str, npt.NDArray[np.generic]]:
        test_id = max(test["test_id"] for test in self.control.tests("vsp-1"))
        return self.control.ledger("vsp-1", "0", int(test_id))

    def decoded(self, techniques: TechniqueList) -> Run:
        return decode_all(techniques, self.segments)

    def _raw(self, rows: Rows) -> RawSegment:
        return RawSegment(
            rows.technique_index, rows.technique_id, rows.process, rows.loop, rows.start_s, rows.time_base_s,
            self.board_type, rows.skipped, rows.words,
        )  # fmt: skip


@dataclass
class Run:
    """Everything that was decoded of a test."""

    records: dict[str, npt.NDArray[np.generic]]
    spectra: dict[str, npt.NDArray[np.generic]]
    problems: list[str]
    state: DecoderState


def decode_all(techniques: TechniqueList, segments: list[RawSegment], state: DecoderState | None = None) -> Run:
    """Decode in order, the state going through its text after every segment, as it does in the cursor."""
    decoder = Decoder(techniques)
    state = state or DecoderState(START_UNIX_s)
    records, spectra, problems = [NO_RECORDS], [NO_POINTS], []
    for segment in segments:
        decoded = decoder.decode(segment, state)
        state = DecoderState.read(decoded.state.text())
        assert state == decoded.state
        records.append(decoded.records)
        spectra.append(decoded.spectra)
        problems += decoded.problems
    return Run(_joined(records), _joined(spectra), problems, state)


@contextmanager
def virtual_channel(
    folder: Path, *, noise_V: float = 0.0, noise_A: float = 0.0, board_type: int = 2
) -> Iterator[Bench]:
    text = LAB.format(noise_V=noise_V, noise_A=noise_A, board_type=board_type)
    with LabThread(parse_lab(text, folder)) as lab, lab.control() as control, EclibClient(lab.port("vsp-1")) as eclib:
        assert eclib.load_firmware([0]) == (0, {0: 0})
        yield Bench(eclib, control, board_type)


def _as_sent(technique: Technique) -> Parameters:
    """Arrays from elements: the client numbers them itself."""
    sent: dict[str, object] = {}
    for parameter in technique.parameters:
        if parameter.index:
            before = sent.get(parameter.label, [])
            elements = list(before) if isinstance(before, list) else [before]
            elements += [type(parameter.value)(0)] * (parameter.index - len(elements))
            sent[parameter.label] = [*elements, parameter.value]
        else:
            sent[parameter.label] = parameter.value
    return sent  # type: ignore[return-value]


def _joined(parts: list[Columns]) -> dict[str, npt.NDArray[np.generic]]:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
