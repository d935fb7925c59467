"""Virtual racks of NEWARE channels in real time, all of them running, and the node that records them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
import yaml

from orchestrator.config import read_lab
from orchestrator.instruments import open_cycler
from orchestrator.launch import LaunchRequest, launch
from orchestrator.store.database import open_database
from orchestrator.store.tables import cells, runs, segments
from orchestrator.store.transactions import reading, writing
from orchestrator.store.upgrade import upgrade
from simulators.lab.process import spawn_lab

__all__ = ["POLL_S", "STATUS_LAG_S", "Middle", "Rack"]

CHANNELS_OF_SUBDEVICE = 8
POLL_S = 10.0
STATUS_LAG_S = 5.0  # as seen of a real BTS
MASS_g = 0.00275
PATIENCE_S = 600.0
PROTOCOL = """\
cellbench: 1
protocol: steady
parameters: {every: 1 s}
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: $every}
steps:
  - discharge: {current: 0.2C, until: {voltage: 0.01 V}}
"""


@dataclass(frozen=True)
class Middle:
    """One BTS: so many channels, all of which record so often."""

    channels: int
    every_s: float

    @property
    def names(self) -> list[str]:
        """Its channels, as the driver names them."""
        places = (divmod(number, CHANNELS_OF_SUBDEVICE) for number in range(self.channels))
        return [f"27-21-{1 + subdevice}-{1 + channel}" for subdevice, channel in places]


class Rack:
    """Everything lies in one folder; use as a context manager, then :meth:`node`. ``bts-1`` is the first of them."""

    def __init__(self, folder: Path, middles: Sequence[Middle], *, poll_s: float = POLL_S) -> None:
        self.database = folder / "cellbench.db"
        self._folder = folder
        self._poll_s = poll_s
        self._middles = {f"bts-{number}": middle for number, middle in enumerate(middles, start=1)}
        self._places = [(name, channel) for name, middle in self._middles.items() for channel in middle.names]

    def __enter__(self) -> Self:
        (self._folder / "steps").mkdir()
        self._virtual = spawn_lab(self._write("virtual_lab.yaml", self._virtual_lab()))
        self._lab = read_lab(self._write("lab.yaml", self._lab_file()))
        self._engine = open_database(self._lab.database_url)
        upgrade(self._engine)
        self._launch_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.dispose()
        self._virtual.terminate()

    @contextmanager
    def node(self) -> Iterator[subprocess.Popen[bytes]]:
        """``cellbench node`` as a process of its own."""
        command = [sys.executable, "-m", "orchestrator.cli", "node", "--lab", str(self._lab.path)]
        with (
            (self._folder / "node.log").open("wb") as log,
            subprocess.Popen(command, stdout=log, stderr=log) as process,
        ):
            try:
                yield process
            finally:
                process.terminate()

    def wait_until_running(self) -> None:
        """Wait until records of every channel have been stored. Raises TimeoutError."""
        recorded = sa.select(sa.func.count()).select_from(segments).where(segments.c.records > 0)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            with reading(self._engine) as connection:
                if connection.scalar(recorded) == len(self._places):
                    return
            time.sleep(0.5)
        raise TimeoutError(f"not all channels ran within {PATIENCE_S:g} s:\n{(self._folder / 'node.log').read_text()}")

    def measured_unix_s(self) -> Mapping[int, Any]:
        """When the instrument measured each record, by segment: its own memory, not what the wire tells."""
        columns = (segments.c.id, segments.c.test_id, runs.c.instrument, runs.c.channel)
        with reading(self._engine) as connection:
            tests = connection.execute(sa.select(*columns).join(runs, runs.c.id == segments.c.run_id)).all()
        with self._virtual.control() as control:
            return {
                test.id: control.ledger(test.instrument, test.channel, int(test.test_id))["unix_time_s"]
                for test in tests
            }

    @property
    def virtual_pid(self) -> int:
        """Of the process that is all the instruments."""
        return self._virtual.process.pid

    def _launch_all(self) -> None:
        cyclers = {name: open_cycler(self._lab, name) for name in self._middles}
        with writing(self._engine) as connection:
            for number, (name, channel) in enumerate(self._places, start=1):
                connection.execute(cells.insert().values(**_cell(f"C{number}")))
                every = {"every": f"{self._middles[name].every_s:g} s"}
                request = LaunchRequest(
                    "steady.yaml", f"C{number}", f"{name}/{channel}", source=PROTOCOL, parameters=every
                )
                launch(connection, self._lab, lambda place: cyclers[place.name], request, time.time(), "bench")
        for cycler in cyclers.values():
            cycler.close()

    def _virtual_lab(self) -> dict[str, Any]:
        return {
            "virtual_lab": "a rack in real time",
            "control": "127.0.0.1:0",
            "speed_without_node": 1,
            "instruments": {name: _virtual_bts(middle) for name, middle in self._middles.items()},
        }

    def _lab_file(self) -> dict[str, Any]:
        return {
            "lab": "rack",
            "database": f"sqlite:///{self.database.name}",
            "clock": "system",
            "instruments": {name: _bts(self._virtual.ports[name], self._poll_s) for name in self._middles},
            "benches": {
                f"A{number}": {"channel": f"{name}/{channel}"}
                for number, (name, channel) in enumerate(self._places, start=1)
            },
            "limits": {"voltage": ["-0.5 V", "5 V"], "current": "50 mA"},
        }

    def _write(self, name: str, content: Mapping[str, Any]) -> Path:
        path = self._folder / name
        path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
        return path


def _virtual_bts(middle: Middle) -> dict[str, Any]:
    cell = {"material": "sio_c_l", "active_mass_g": MASS_g, "area_cm2": 1.131}
    subdevices = -(-middle.channels // CHANNELS_OF_SUBDEVICE)
    return {
        "kind": "neware",
        "listen": "127.0.0.1:0",
        "devices": [{"devtype": 27, "devid": 21, "subdevices": subdevices, "channels": CHANNELS_OF_SUBDEVICE}],
        "time_zone": "Asia/Shanghai",
        "status_lag_s": STATUS_LAG_S,
        "paths": {"D:\\steps": "./steps"},
        "cells": {channel: {**cell, "seed": seed} for seed, channel in enumerate(middle.names, start=1)},
    }


def _bts(port: int, poll_s: float) -> dict[str, Any]:
    return {
        "driver": "neware",
        "address": f"127.0.0.1:{port}",
        "poll": f"{poll_s:g} s",
        "time_zone": "Asia/Shanghai",
        "step_dir": "./steps",
        "remote_step_dir": "D:\\steps",
        "channel": {"voltage": ["-5 V", "5 V"], "current": "50 mA"},
    }


def _cell(cell_id: str) -> dict[str, Any]:
    return {
        "id": cell_id,
        "active_mass_g": MASS_g,
        "area_cm2": 1.131,
        "nominal_capacity_Ah": 1.217 * MASS_g,
        "window_min_V": 0.01,
        "window_max_V": 1.5,
        "material": "sio_c_l",
        "metadata": {},
        "created_unix_s": time.time(),
    }
