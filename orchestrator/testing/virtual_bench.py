"""A virtual lab with one NEWARE cycler, perhaps in a chamber; lab file, database, and the node as a process to kill."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import sqlalchemy as sa
import yaml

from orchestrator.config import Lab, read_lab
from orchestrator.instruments import open_cycler
from orchestrator.launch import LaunchedRun, LaunchRequest, launch, launch_together
from orchestrator.store.database import open_database
from orchestrator.store.tables import cells, instruments, records, runs, segments
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade

__all__ = ["VirtualBench"]

_OVEN = "oven-1"
_PATIENCE_S = 90.0  # wall seconds


class VirtualBench:
    """One folder with everything in it; use as a context manager.

    ``cells`` maps a channel number (from 1) to a virtual cell: ``material``, ``active_mass_g``, ``area_cm2``, ``seed``.
    ``oven``: keys of the lab file for the chamber ``oven-1``, around every bench; None: there is no chamber.
    """

    def __init__(
        self,
        folder: Path,
        cells: Mapping[int, Mapping[str, object]],
        *,
        poll: str = "10 min",
        lost_after: str = "1 h",
        speed_without_node: float = 600.0,
        database: str = "sqlite:///cellbench.db",
        instrument: Mapping[str, object] | None = None,
        oven: Mapping[str, object] | None = None,
    ) -> None:
        self.folder = folder
        self._cells = cells
        self._poll, self._lost_after = poll, lost_after
        self._speed = speed_without_node
        self._database = database
        self._instrument = dict(instrument or {})
        self._oven = oven
        self.lab: Lab
        self.engine: sa.Engine

    def __enter__(self) -> Self:
        from simulators.lab.process import spawn_lab

        (self.folder / "steps").mkdir(parents=True)
        self._process = spawn_lab(self._write("virtual_lab.yaml", self._virtual_lab()))
        self.control = self._process.control()
        self.lab = read_lab(self._write("lab.yaml", self._lab_file()))
        self.engine = open_database(self.lab.database_url)
        upgrade(self.engine)
        self._cyclers = {name: open_cycler(self.lab, name) for name in self.lab.instruments}
        return self

    def __exit__(self, *_: object) -> None:
        for cycler in self._cyclers.values():
            cycler.close()
        self.control.close()
        self._process.terminate()
        self.engine.dispose()

    def add_cell(self, cell_id: str, number: int) -> None:
        """Tell the database about the cell in this channel."""
        made = self._cells[number]
        mass_g = float(str(made["active_mass_g"]))
        with writing(self.engine) as connection:
            connection.execute(
                cells.insert().values(
                    id=cell_id,
                    active_mass_g=mass_g,
                    area_cm2=made["area_cm2"],
                    nominal_capacity_Ah=1.217 * mass_g,
                    window_min_V=0.01,
                    window_max_V=1.5,
                    material=made["material"],
                    metadata={},
                    created_unix_s=self.control.now(),
                )
            )

    def launch(self, protocol: str, cell_id: str, bench: str, *, source: str | None = None, **parameters: str) -> int:
        """Launch a protocol as the API does; returns the run's id."""
        request = LaunchRequest(protocol, cell_id, bench, source=source, parameters=parameters)
        with writing(self.engine) as connection:
            run: LaunchedRun = launch(
                connection, self.lab, lambda place: self._cyclers[place.name], request, self.control.now(), "test"
            )
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
            launched = launch_together(
                connection, self.lab, lambda place: self._cyclers[place.name], requests, self.control.now(), "test"
            )
        return [run.run_id for run in launched]

    @contextmanager
    def node(self) -> Iterator[subprocess.Popen[bytes]]:
        """The node as a process of its own; ended politely at the end, unless it has been killed."""
        log = (self.folder / "node.log").open("ab")
        command = [sys.executable, "-m", "orchestrator.cli", "node", "--lab", str(self.lab.path)]
        with log, subprocess.Popen(command, stdout=log, stderr=log) as process:  # noqa: S603 - ourselves
            try:
                yield process
            finally:
                process.terminate()

    def wait_until_up(self) -> None:
        """Wait until a node drives the instrument: from then on lab time waits for it."""
        connected = sa.select(instruments.c.connected).where(instruments.c.name == "bts-1")

        def up() -> bool:
            with reading(self.engine) as connection:
                return bool(connection.scalar(connected))

        self.wait_for(up, "the node drives the instrument")

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

    def wait_for(self, condition: Callable[[], bool], what: str, patience_s: float = _PATIENCE_S) -> None:
        """Wait (wall seconds) until something is true. Raises TimeoutError with the node's last words."""
        deadline = time.monotonic() + patience_s
        while not condition():
            if time.monotonic() > deadline:
                log = self.folder / "node.log"
                said = log.read_text(errors="replace")[-2000:] if log.exists() else ""
                raise TimeoutError(f"not within {patience_s:g} s: {what}\n{said}")
            time.sleep(0.02)

    def wait_state(self, run_id: int, *states: str, patience_s: float = _PATIENCE_S) -> None:
        """Wait until the run is in one of these states."""
        self.wait_for(lambda: self.run(run_id)["state"] in states, f"run {run_id} {' or '.join(states)}", patience_s)

    def stored(self, segment_id: int) -> dict[str, npt.NDArray[Any]]:
        """All stored records of a segment as columns."""
        names = [column.name for column in records.c if column.name != "segment_id"]
        query = sa.select(*(records.c[name] for name in names)).where(records.c.segment_id == segment_id)
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(records.c.seq)).all()
        return {name: np.array([row[place] for row in rows], dtype=float) for place, name in enumerate(names)}

    def ledger(self, segment: Mapping[str, Any], channel: str) -> dict[str, npt.NDArray[Any]]:
        """What the virtual instrument itself remembers of the segment's test."""
        return self.control.ledger("bts-1", channel, int(segment["test_id"]))

    def channel(self, number: int) -> str:
        """Channel id of a channel number."""
        return f"27-21-1-{number}"

    def _virtual_lab(self) -> dict[str, object]:
        return {
            "virtual_lab": "test bench",
            "control": "127.0.0.1:0",
            "start": "2026-01-05T08:00:00+08:00",
            "speed_without_node": self._speed,
            "instruments": {
                "bts-1": {
                    "kind": "neware",
                    "listen": "127.0.0.1:0",
                    "devices": [{"devtype": 27, "devid": 21, "subdevices": 1, "channels": max(self._cells)}],
                    "time_zone": "Asia/Shanghai",
                    "paths": {"D:\\steps": "./steps"},
                    "cells": {self.channel(number): self._cell(cell) for number, cell in self._cells.items()},
                    **self._instrument,
                },
                **self._virtual_oven(),
            },
        }

    def _virtual_oven(self) -> dict[str, object]:
        return {} if self._oven is None else {_OVEN: {"kind": "watlow_f4t", "listen": "127.0.0.1:0"}}

    def _oven_place(self) -> dict[str, object]:
        if self._oven is None:
            return {}
        address = f"127.0.0.1:{self._process.ports[_OVEN]}"
        return {_OVEN: {"driver": "watlow-f4t", "address": address, "poll": self._poll, **self._oven}}

    def _bench(self, number: int) -> dict[str, object]:
        inside = {} if self._oven is None else {"chamber": _OVEN}
        return {"channel": f"bts-1/{self.channel(number)}", **inside}

    def _lab_file(self) -> dict[str, object]:
        return {
            "lab": "test bench",
            "database": self._database,
            "clock": f"lab://127.0.0.1:{self._process.control_port}",
            "instruments": {
                "bts-1": {
                    "driver": "neware",
                    "address": f"127.0.0.1:{self._process.ports['bts-1']}",
                    "poll": self._poll,
                    "lost_after": self._lost_after,
                    "timeout": "2 s",
                    "time_zone": "Asia/Shanghai",
                    "step_dir": "./steps",
                    "remote_step_dir": "D:\\steps",
                    "channel": {"voltage": ["-5 V", "5 V"], "current": "50 mA"},
                },
                **self._oven_place(),
            },
            "benches": {f"A{number}": self._bench(number) for number in self._benches()},
            "limits": {"voltage": ["-0.5 V", "5 V"], "current": "50 mA"},
        }

    def _cell(self, cell: Mapping[str, object]) -> dict[str, object]:
        return dict(cell) | ({} if self._oven is None else {"chamber": _OVEN})

    def _benches(self) -> Sequence[int]:
        return range(1, max(self._cells) + 1)

    def _write(self, name: str, content: Mapping[str, object]) -> Path:
        path = self.folder / name
        path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
        return path
