"""The same campaign twice: once on quiet wires, once with 5 % of all exchanges disturbed."""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.analysis.result import AnalysisResult
from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import assert_stored_equals_ledger
from tests.soak.findings import left_open, started_twice, tracebacks
from tests.soak.study import WHOLE, Size, Study, make_bench, run_study, same_ledgers
from tests.soak.vsp_check import check_vsp_run

__all__ = ["FAULTS", "Comparison", "compare_disturbed"]

FAULTS = """\
cellbench_faults: 1
seed: 7
faults:
  - name: neware
    instrument: bts-1
    random: 5 %
    do: [close_before_reply, close_mid_reply, garble, {split: 97}, {delay_s: 0.05}, drop_request, drop_reply]
  - name: vsp-300, where a reply takes nothing along
    instrument: vsp-1
    commands: [GetCurrentValues, GetMessage, GetOptErr, GetChannelInfos, GetExperimentInfos, SetExperimentInfos,
               LoadTechnique, GetTechniqueInfos, GetParamInfos, StartChannel, StopChannel, TestConnection]
    random: 5 %
    do: [drop_link, drop_reply, close_mid_reply, garble, {delay_s: 0.05}]
  - name: vsp-300, where it empties the memory
    instrument: vsp-1
    commands: [GetData]
    random: 5 %
    do: [drop_link, {delay_s: 0.05}]
  - name: chamber
    instrument: oven-1
    random: 5 %
    do: [close_before_reply, close_mid_reply, garble, {split: 3}, {delay_s: 0.05}, drop_reply]
"""
"""What GetData took out of an instrument's memory is gone with its reply: that is the other tests' business."""
RESULTS_RTOL = 0.02
"""Between tests that began at another moment, or at another temperature of a chamber that wavers."""


@dataclass
class Comparison:
    """What the disturbed study has in common with the quiet one."""

    fired: Counter[str] = field(default_factory=Counter)
    records: int = 0
    same_ledgers: int = 0
    same_results: int = 0
    close_results: int = 0
    wrong: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """One line each."""
        faults = ", ".join(f"{name} {times}" for name, times in self.fired.most_common())
        return "\n".join(
            [
                f"exchanges disturbed: {self.fired.total()} ({faults})",
                f"records stored, and equal to the instruments': {self.records}",
                f"runs measured alike to the last bit: {self.same_ledgers}",
                f"results alike to the last bit: {self.same_results}; within {RESULTS_RTOL:.0%}: {self.close_results}",
                *(f"WRONG: {what}" for what in self.wrong),
            ]
        )


def compare_disturbed(folder: Path, size: Size) -> Comparison:
    """Run both, each in a folder of its own."""
    with make_bench(folder / "quiet", size) as bench:
        quiet = run_study(bench, size)
    found = Comparison()
    with make_bench(folder / "disturbed", size, FAULTS) as bench:
        disturbed = run_study(bench, size)
        for run, place in disturbed.places.items():
            found.records += _stored(bench, run, place, found)
        found.wrong += [*started_twice(bench), *left_open(bench), *tracebacks(bench)]
    found.fired.update(f"{one['instrument']}: {one['do']}" for one in disturbed.fired)
    _compare(quiet, disturbed, found)
    return found


def _stored(bench: VirtualBench, run: int, place: str, found: Comparison) -> int:
    try:
        if place.startswith("P"):
            stored, missing = check_vsp_run(bench, run, place)
            found.wrong += [f"run {run} lacks {missing.rows} rows"] if missing.rows else []
            return stored
        return assert_stored_equals_ledger(bench, run, int(place[1:]))
    except AssertionError as error:
        found.wrong.append(f"run {run} on {place} is not what the instrument has: {error}")
        return 0


def _compare(quiet: Study, disturbed: Study, found: Comparison) -> None:
    if disturbed.states != quiet.states or set(quiet.states.values()) != {"done"}:
        found.wrong.append(f"states: {disturbed.states}, quiet: {quiet.states}")
    alike = {name for name in quiet.ledgers if same_ledgers(quiet.ledgers[name], disturbed.ledgers[name])}
    found.same_ledgers = len(alike)
    if quiet.results.keys() != disturbed.results.keys():
        found.wrong.append(f"analyses: {sorted(quiet.results.keys() ^ disturbed.results.keys())}")
    for name in quiet.results.keys() & disturbed.results.keys():
        ours, theirs = quiet.results[name], disturbed.results[name]
        differs = _first_difference(ours, theirs, RESULTS_RTOL)
        if (ours.values, ours.tables) == (theirs.values, theirs.tables):
            found.same_results += 1
        elif name.rpartition(" ")[0] in alike:
            found.wrong.append(
                f"{name}: measured alike, yet: {_first_difference(ours, theirs, 0.0) or 'tables differ'}"
            )
        elif differs is not None:
            found.wrong.append(f"{name}: {differs}")
        else:
            found.close_results += 1


def _first_difference(ours: AnalysisResult, theirs: AnalysisResult, rtol: float) -> str | None:
    """The first value that is further from the other than its uncertainty and this share of it allow."""
    others = {value.name: value for value in theirs.values}
    if others.keys() != {value.name for value in ours.values}:
        return f"values {sorted(others)}, quiet {sorted(value.name for value in ours.values)}"
    for mine in ours.values:
        other = others[mine.name]
        if (mine.value is None) != (other.value is None):
            return f"{mine.name} {other.value}, quiet {mine.value}"
        if mine.value is not None and other.value is not None:
            spread = math.hypot(mine.uncertainty or 0.0, other.uncertainty or 0.0) if rtol else 0.0
            if abs(mine.value - other.value) > max(rtol * abs(mine.value), 3.0 * spread):
                return f"{mine.name} {other.value}, quiet {mine.value} {mine.unit}"
    return None


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        compared = compare_disturbed(Path(made), WHOLE)
    sys.stdout.write(f"{compared}\n")
    sys.exit(1 if compared.wrong else 0)
