"""A virtual lab on real wires, a lab file, a database, and the node as a process that can be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
import yaml

from drivers.contracts import Cycler
from orchestrator.config import InstrumentPlace, Lab, read_lab
from orchestrator.instruments import open_cycler
from orchestrator.launch import LaunchedRun, LaunchRequest, launch, launch_together
from orchestrator.store.cells import insert_cell
from orchestrator.store.database import open_database
from orchestrator.store.tables import instruments, records, runs, segments, spectra
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade
from orchestrator.testing.bench_description import BenchDescription
from orchestrator.testing.bench_place import NEWARE, BenchPlace
from orchestrator.testing.forked_process import RunningProcess, start_module
from protocols.cell import Cell

if TYPE_CHECKING:
    from simulators.lab.client import LabControl

__all__ = ["VirtualBench"]

_OVEN = "oven-1"
_PATIENCE_S = 300.0  # wall seconds; what hangs is meant, not a machine that is busy
_CAPACITY_Ah_g = 1.217
_UP = b" node INFO node of "


class VirtualBench:
    """One folder with everything in it; use as a context manager.

    ``cells`` maps a bench to a virtual cell: ``material``, ``active_mass_g``, ``area_cm2``, ``seed``, ``chamber``. The
    bench says where it sits: ``A1`` (or 1) is a channel of a NEWARE cycler, ``P1`` one of a VSP-300. ``instrument``:
    more keys of the virtual NEWARE; ``oven``: keys of the lab file for the chamber ``oven-1`` around every bench;
    ``faults``: a faults file, or the text of one, counted from the start of the virtual lab. What else can be said
    stands in :class:`BenchDescription`.
    """

    def __init__(
        self,
        folder: Path,
        cells: Mapping[int | str, Mapping[str, object]] | Mapping[int, Mapping[str, object]],
        *,
        instrument: Mapping[str, object] | None = None,
        oven: Mapping[str, object] | None = None,
        faults: str | Path | None = None,
        **described: Any,
    ) -> None:
        self.folder = folder
        self._faults = faults
        inside = {} if oven is None else {"chamber": _OVEN}
        placed: dict[int | str, Mapping[str, object]] = {bench: {**inside, **cell} for bench, cell in cells.items()}
        self.described = BenchDescription(placed, **described)
        if instrument is not None:
            self.described = replace(self.described, virtual={**self.described.virtual, NEWARE: instrument})
        if oven is not None:
            self.described = replace(self.described, options={**self.described.options, _OVEN: oven})
        self.lab: Lab
        self.engine: sa.Engine

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self._open(stack)
            self._ended = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.close()

    def _open(self, stack: ExitStack) -> None:
        from simulators.lab.process import spawn_lab

        (self.folder / "steps").mkdir(parents=True)
        lab_file = self._write("virtual_lab.yaml", self.described.virtual_lab_file())
        self._process = stack.enter_context(spawn_lab(lab_file, faults=self._faults_file(), start=start_module))
        self.control = stack.enter_context(self.new_control())
        described = self.described.lab_file(self._process.control_port, self._process.ports)
        self.lab = read_lab(self._write("lab.yaml", described))
        self.engine = open_database(self.lab.database_url)
        stack.callback(self.engine.dispose)
        upgrade(self.engine)
        self._cyclers: dict[str, Cycler] = {}
        for name in self.lab.instruments:
            self._cyclers[name] = cycler = open_cycler(self.lab, name)
            stack.callback(cycler.close)

    def _faults_file(self) -> Path | None:
        if isinstance(self._faults, str):
            path = self.folder / "faults.yaml"
            path.write_text(self._faults, encoding="utf-8")
            return path
        return self._faults

    def new_control(self, timeout: float = _PATIENCE_S) -> LabControl:
        """Another connection to the lab, such as one that holds its time."""
        return self._process.control(timeout)

    # ---- cells and runs

    def add_cell(self, cell_id: str, bench: int | str) -> None:
        """Tell the database about the cell on this bench."""
        made = self.described.cell(bench)
        mass_g = float(str(made["active_mass_g"]))
        cell = Cell(
            cell_id,
            active_mass_g=mass_g,
            area_cm2=float(str(made["area_cm2"])),
            nominal_capacity_Ah=_CAPACITY_Ah_g * mass_g,
            window_min_V=0.01,
            window_max_V=1.5,
            material=str(made["material"]),
        )
        with writing(self.engine) as connection:
            insert_cell(connection, cell, now=self.control.now())

    def launch(self, protocol: str, cell_id: str, bench: str, *, source: str | None = None, **parameters: str) -> int:
        """Launch a protocol as the API does; returns the run's id. Raises LaunchRefused, ProtocolErrors."""
        request = LaunchRequest(protocol, cell_id, bench, source=source, parameters=parameters)
        with writing(self.engine) as connection:
            run: LaunchedRun = launch(connection, self.lab, self._cycler, request, self.control.now(), "test")
        return run.run_id

    def launch_together(
        self, protocol: str, cells_at: Mapping[str, str], *, source: str, **parameters: str
    ) -> list[int]:
        """Launch several cells at once, as the API does; ``cells_at``: bench by cell. Returns the runs' numbers."""
        requests = [
            LaunchRequest(protocol, cell_id, bench, source=source, parameters=parameters)
            for cell_id, bench in cells_at.items()
        ]
        with writing(self.engine) as connection:
            launched = launch_together(connection, self.lab, self._cycler, requests, self.control.now(), "test")
        return [run.run_id for run in launched]

    def want(self, run_id: int, desired: str) -> None:
        """Order run, pause or stop, as the API does."""
        with writing(self.engine) as connection:
            connection.execute(runs.update().where(runs.c.id == run_id).values(desired=desired))

    def run(self, run_id: int) -> Mapping[str, Any]:
        """The run's row."""
        with reading(self.engine) as connection:
            return dict(connection.execute(sa.select(runs).where(runs.c.id == run_id)).mappings().one())

    def segments(self, run_id: int) -> list[Mapping[str, Any]]:
        """The run's segments, every attempt, in order."""
        query = sa.select(segments).where(segments.c.run_id == run_id).order_by(segments.c.number, segments.c.attempt)
        with reading(self.engine) as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    # ---- the node

    @contextmanager
    def node(self, name: str = "", **environment: str) -> Iterator[RunningProcess]:
        """The node as a process of its own, with a process group; ended politely, unless it has been killed.

        ``name``: which of the lab's nodes, where it has several; ``environment``: more variables.
        """
        arguments = ["node", "--lab", str(self.lab.path), *(["--name", name] if name else [])]
        variables = {**os.environ, **environment}
        with self.node_log.open("ab") as log:
            self._log_before = self.node_log.stat().st_size
            to = log.fileno()
            process = start_module(
                "orchestrator.cli", arguments, stdout=to, stderr=to, environment=variables, own_group=True
            )
        try:
            yield process
        finally:
            self._end(process)

    @staticmethod
    def _end(node: RunningProcess) -> None:
        if node.poll() is not None:
            return
        node.terminate()
        node.send_signal(signal.SIGCONT)  # one that stands still hears nothing
        try:
            node.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            VirtualBench.kill_group(node)
            raise

    @staticmethod
    def kill_group(node: RunningProcess) -> None:
        """Kill -9 the node and everything that it has started, and wait for it: as the kernel does in a power cut."""
        os.killpg(node.pid, signal.SIGKILL)
        node.wait()

    @property
    def node_log(self) -> Path:
        """What the nodes have said, one after the other."""
        return self.folder / "node.log"

    def wait_until_up(self) -> None:
        """Wait until this node drives every cycler, or has looked in vain: from then on lab time waits for it."""

        def up() -> bool:
            with self.node_log.open("rb") as log:
                log.seek(self._log_before)
                if _UP not in log.read():
                    return False
            with reading(self.engine) as connection:
                told = connection.execute(sa.select(instruments.c.connected, instruments.c.last_error)).all()
            return len(told) >= len(self.lab.instruments) and all(one.connected or one.last_error for one in told)

        self.wait_for(up, "the node drives the instruments")

    # ---- waiting

    def wait_for(self, condition: Callable[[], bool], what: str, patience_s: float = _PATIENCE_S) -> None:
        """Wait (wall seconds) until something is true. Raises TimeoutError with the node's last words."""
        deadline = time.monotonic() + patience_s
        while not condition():
            if time.monotonic() > deadline:
                said = self.node_log.read_text(errors="replace")[-2000:] if self.node_log.exists() else ""
                raise TimeoutError(f"not within {patience_s:g} s: {what}\n{said}")
            time.sleep(0.02)

    def wait_state(self, run_id: int, *states: str, patience_s: float = _PATIENCE_S) -> None:
        """Wait until the run is in one of these states."""
        self.wait_for(lambda: self.run(run_id)["state"] in states, f"run {run_id} {' or '.join(states)}", patience_s)

    # ---- what was measured

    def stored(self, segment_id: int) -> dict[str, npt.NDArray[Any]]:
        """All stored records of a segment as columns."""
        return self._columns(records, segment_id)

    def stored_spectra(self, segment_id: int) -> dict[str, npt.NDArray[Any]]:
        """All stored points of a segment's spectra as columns."""
        return self._columns(spectra, segment_id)

    def ledger(self, segment: Mapping[str, Any], channel: str) -> dict[str, npt.NDArray[Any]]:
        """What the virtual instrument itself remembers of the segment's test; ``channel``: its id, or the bench."""
        place = self.described.places.get(channel)
        if place is None or place.instrument == NEWARE:
            return self.control.ledger(NEWARE, place.channel if place else channel, int(segment["test_id"]))
        own = (place.virtual_channel, f"{segment['tag']} [{segment['test_id']}]")
        tests = self.control.tests(place.instrument)
        (test_id,) = [test["test_id"] for test in tests if (test["channel"], test["barcode"]) == own]
        return self.control.ledger(place.instrument, place.virtual_channel, int(test_id))

    def channel(self, bench: int | str) -> str:
        """Channel id of a bench, or of a NEWARE channel's number."""
        return BenchPlace.named(bench).channel

    def _columns(self, table: sa.Table, segment_id: int) -> dict[str, npt.NDArray[Any]]:
        names = [column.name for column in table.c if column.name != "segment_id"]
        query = sa.select(*(table.c[name] for name in names)).where(table.c.segment_id == segment_id)
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(table.c.seq)).all()
        return {name: np.array([row[place] for row in rows], dtype=float) for place, name in enumerate(names)}

    def _cycler(self, place: InstrumentPlace) -> Cycler:
        return self._cyclers[place.name]

    def _write(self, name: str, content: Mapping[str, object]) -> Path:
        path = self.folder / name
        path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
        return path
