"""For a laboratory's own tests: its protocol files on virtual cells, through the whole service."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import sqlalchemy as sa

from orchestrator.analysis.load_dataset import load_dataset
from orchestrator.analysis.result import AnalysisResult
from orchestrator.export.known_gaps import possible_gaps
from orchestrator.store.tables import alarms, analyses
from orchestrator.store.transactions import reading
from orchestrator.testing.forked_process import RunningProcess
from orchestrator.testing.run_outcome import RunOutcome
from orchestrator.testing.virtual_bench import VirtualBench

if TYPE_CHECKING:
    from simulators.lab.client import LabControl

__all__ = ["VirtualLab"]

_PATIENCE_S = 300.0
_OVER = ("completed", "stopped", "failed")
_CELL: Mapping[str, object] = {"material": "sio_c_l", "active_mass_g": 0.00275, "area_cm2": 1.131}


class VirtualLab:
    """Cells first, then runs. The instruments start with the first run, the service with the first that is driven.

    On bench ``A1``, ``A2`` … are channels of a NEWARE cycler (``bts-1``), on ``P1``, ``P2`` … channels of a VSP-300
    (``vsp-1``); chambers have the names that cells give them. Lab time is virtual: hours pass in moments.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        """Everything that the lab writes: lab files, database, the node's log."""
        self._stack = ExitStack()
        self._cells: dict[int | str, Mapping[str, object]] = {}
        self._benches: dict[str, str] = {}
        self._settings: dict[str, Any] = {"speed_without_node": 0.0, "chamber_poll": "1 min"}
        self._bench: VirtualBench | None = None
        self._node: tuple[RunningProcess, ExitStack] | None = None
        self._hold: LabControl | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_time_go()
        self._end_node()
        self._stack.close()

    # ---- before anything runs

    def add_cell(self, cell_id: str, bench: str = "A1", **described: object) -> None:
        """Put a cell on a bench; optional: ``material``, ``active_mass_g``, ``area_cm2``, ``seed``, ``chamber``."""
        self._not_yet("add_cell")
        if bench in self._cells:
            raise ValueError(f"bench {bench} has a cell; take another")
        self._cells[bench] = {**_CELL, **described}
        self._benches[cell_id] = bench

    def describe(self, **settings: Any) -> None:
        """Say more of the lab: ``poll``, ``lost_after``, ``virtual``, ``options``, ``lab``, ``faults``.

        They mean what they mean to :class:`orchestrator.testing.bench_description.BenchDescription`.
        """
        self._not_yet("describe")
        self._settings |= settings

    # ---- runs

    def run(self, protocol: str | Path, cell_id: str | None = None, **parameters: str) -> RunOutcome:
        """Run a protocol file, or one of the library by its name, to its end.

        ``cell_id`` None: the lab's only cell; one on ``A1`` where there is none yet. Raises LaunchRefused and
        ProtocolErrors with what is wrong, TimeoutError where it does not end.
        """
        return self.finish(self.launch(protocol, cell_id, **parameters))

    def launch(self, protocol: str | Path, cell_id: str | None = None, **parameters: str) -> int:
        """Queue a run and return its number; it goes on in ``advance`` and ``finish``. Raises as ``run``."""
        cell_id = cell_id or self._only_cell()
        bench = self._benches.get(cell_id)
        if bench is None:
            raise ValueError(f"there is no cell {cell_id}; add_cell comes first")
        source = protocol.read_text(encoding="utf-8") if isinstance(protocol, Path) else None
        name = protocol.name if isinstance(protocol, Path) else protocol
        return self.bench.launch(name, cell_id, bench, source=source, **parameters)

    def advance(self, seconds: float) -> None:
        """Let so much lab time pass while the service drives the instruments, and then hold it."""
        if self._hold is None:
            self._hold = self._stack.enter_context(self.bench.new_control())
            self._hold.attach("the test")
        self._drive()
        self._hold.sleep(self._hold.now() + seconds)

    def finish(self, run_id: int, patience_s: float = _PATIENCE_S) -> RunOutcome:
        """Drive until the run is over and its analyses are done; at most so many wall seconds. Raises TimeoutError."""
        self._let_time_go()
        self._drive()
        bench = self.bench
        bench.wait_for(lambda: bench.run(run_id)["state"] in _OVER, f"run {run_id} over", patience_s)
        bench.wait_for(lambda: self._analysed(run_id), "its analyses", patience_s)
        return self._outcome(run_id)

    def state(self, run_id: int) -> str:
        """State of a run at this moment."""
        return str(self.bench.run(run_id)["state"])

    def stop(self, run_id: int) -> None:
        """Order a stop, as a technician does."""
        self.bench.want(run_id, "stop")

    # ---- what may go wrong

    @property
    def control(self) -> LabControl:
        """The virtual lab itself: cells, ledgers, and everything else that its control port offers."""
        return self.bench.control

    def power(self, instrument: str, *, on: bool) -> None:
        """Cut an instrument's connection, or mend it; what runs on it runs on."""
        self.control.power(instrument, on=on)

    def fault(self, instrument: str, command: str, do: str | Mapping[str, Any], nth: int = 1) -> None:
        """Let the n-th exchange of this command from now go wrong: ``drop_reply``, ``{"delay_s": 2}`` and so on."""
        self.control.fault(instrument, command, do, nth)

    def faults(self, faults: str | Path) -> None:
        """Arm a faults file, or the text of one, from this moment on; ``describe(faults=…)`` does from the start."""
        self.control.faults(faults)

    def fired(self) -> list[dict[str, Any]]:
        """Every fault that has happened, as :meth:`simulators.lab.client.LabControl.fired` tells."""
        return self.control.fired()

    def chamber(self, name: str, **befalls: object) -> Mapping[str, Any]:
        """Let something befall a chamber, such as ``door_open=True``; returns all that it is."""
        return self.control.chamber(name, **befalls)

    def kill_service(self) -> None:
        """Kill -9 the service with all its processes; the next ``advance`` or ``finish`` starts another."""
        if self._node is not None:
            self.bench.kill_group(self._node[0])
            self._end_node()

    # ---- inside

    @property
    def bench(self) -> VirtualBench:
        """What is underneath; starts the instruments."""
        if self._bench is None:
            bench = VirtualBench(self.folder / "lab", self._cells, **self._settings)
            self._bench = self._stack.enter_context(bench)
            for cell_id, place in self._benches.items():
                bench.add_cell(cell_id, place)
        return self._bench

    def _not_yet(self, what: str) -> None:
        if self._bench is not None:
            raise RuntimeError(f"{what} comes before the first run: the instruments have started")

    def _only_cell(self) -> str:
        if not self._benches:
            self.add_cell("L1")
        if len(self._benches) > 1:
            raise ValueError(f"which cell? There are {', '.join(self._benches)}")
        return next(iter(self._benches))

    def _drive(self) -> None:
        """Start the service where none runs, and wait until it drives the instruments."""
        if self._node is None:
            with ExitStack() as stack:
                process = stack.enter_context(self.bench.node())
                self.bench.wait_until_up()
                self._node = process, stack.pop_all()

    def _end_node(self) -> None:
        if self._node is not None:
            self._node[1].close()
            self._node = None

    def _let_time_go(self) -> None:
        if self._hold is not None:
            self._hold.close()
            self._hold = None

    def _analysed(self, run_id: int) -> bool:
        return all(row["state"] in ("done", "failed") for row in self._analyses(run_id))

    def _analyses(self, run_id: int) -> list[Mapping[str, Any]]:
        with reading(self.bench.engine) as connection:
            rows = connection.execute(sa.select(analyses).where(analyses.c.run_id == run_id)).mappings().all()
        return [dict(row) for row in rows]

    def _outcome(self, run_id: int) -> RunOutcome:
        row, analysed = self.bench.run(run_id), self._analyses(run_id)
        connection = self._stack.enter_context(reading(self.bench.engine))  # records are read when asked for
        return RunOutcome(
            run_id,
            str(row["state"]),
            row["reason"],
            load_dataset(connection, [run_id]),
            {one["name"]: AnalysisResult.from_json(one["result"]) for one in analysed if one["state"] == "done"},
            {one["name"]: str(one["error"]) for one in analysed if one["state"] == "failed"},
            tuple(connection.scalars(sa.select(alarms.c.message).order_by(alarms.c.id))),
            tuple(possible_gaps(connection, run_id)),
        )
