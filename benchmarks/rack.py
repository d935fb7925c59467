"""A virtual rack of NEWARE channels in real time, all of them running, and the node that records them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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

__all__ = ["POLL_S", "STATUS_LAG_S", "Rack"]

CHANNELS_OF_SUBDEVICE = 8
POLL_S = 10.0
STATUS_LAG_S = 5.0  # as seen of a real BTS
MASS_g = 0.00275
PATIENCE_S = 120.0
PROTOCOL = """\
cellbench: 1
protocol: once-a-second
cell: {window: [0.01 V, 1.5 V]}
limits: {voltage: [-0.05 V, 2.0 V], current: 3C}
record: {every: 1 s}
steps:
  - discharge: {current: 0.2C, until: {voltage: 0.01 V}}
"""


class Rack:
    """Everything lies in one folder; use as a context manager, then :meth:`node`."""

    def __init__(self, folder: Path, channels: int) -> None:
        self.database = folder / "cellbench.db"
        self._folder = folder
        self._channels = [
            f"27-21-{1 + number // CHANNELS_OF_SUBDEVICE}-{1 + number % CHANNELS_OF_SUBDEVICE}"
            for number in range(channels)
        ]

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
                if connection.scalar(recorded) == len(self._channels):
                    return
            time.sleep(0.5)
        raise TimeoutError(f"not all channels ran within {PATIENCE_S:g} s:\n{(self._folder / 'node.log').read_text()}")

    def measured_unix_s(self) -> Mapping[int, Any]:
        """When the instrument measured each record, by segment: its own memory, not what the wire tells."""
        query = sa.select(segments.c.id, segments.c.test_id, runs.c.channel).join(runs, runs.c.id == segments.c.run_id)
        with reading(self._engine) as connection:
            tests = connection.execute(query).all()
        with self._virtual.control() as control:
            return {test.id: control.ledger("bts-1", test.channel, int(test.test_id))["unix_time_s"] for test in tests}

    def _launch_all(self) -> None:
        cycler = open_cycler(self._lab, "bts-1")
        with writing(self._engine) as connection:
            for number, channel in enumerate(self._channels, start=1):
                connection.execute(cells.insert().values(**_cell(f"C{number}")))
                request = LaunchRequest("once_a_second.yaml", f"C{number}", f"bts-1/{channel}", source=PROTOCOL)
                launch(connection, self._lab, lambda _: cycler, request, time.time(), "bench")
        cycler.close()

    def _virtual_lab(self) -> dict[str, Any]:
        cell = {"material": "sio_c_l", "active_mass_g": MASS_g, "area_cm2": 1.131}
        bts = {
            "kind": "neware",
            "listen": "127.0.0.1:0",
            "devices": [
                {
                    "devtype": 27,
                    "devid": 21,
                    "subdevices": len(self._channels) // CHANNELS_OF_SUBDEVICE,
                    "channels": CHANNELS_OF_SUBDEVICE,
                }
            ],
            "time_zone": "Asia/Shanghai",
            "status_lag_s": STATUS_LAG_S,
            "paths": {"D:\\steps": "./steps"},
            "cells": {channel: {**cell, "seed": seed} for seed, channel in enumerate(self._channels, start=1)},
        }
        return {
            "virtual_lab": "a rack in real time",
            "control": "127.0.0.1:0",
            "speed_without_node": 1,
            "instruments": {"bts-1": bts},
        }

    def _lab_file(self) -> dict[str, Any]:
        return {
            "lab": "rack",
            "database": f"sqlite:///{self.database.name}",
            "clock": "system",
            "instruments": {
                "bts-1": {
                    "driver": "neware",
                    "address": f"127.0.0.1:{self._virtual.ports['bts-1']}",
                    "poll": f"{POLL_S:g} s",
                    "time_zone": "Asia/Shanghai",
                    "step_dir": "./steps",
                    "remote_step_dir": "D:\\steps",
                    "channel": {"voltage": ["-5 V", "5 V"], "current": "50 mA"},
                }
            },
            "benches": {
                f"A{number}": {"channel": f"bts-1/{channel}"} for number, channel in enumerate(self._channels, start=1)
            },
            "limits": {"voltage": ["-0.5 V", "5 V"], "current": "50 mA"},
        }

    def _write(self, name: str, content: Mapping[str, Any]) -> Path:
        path = self._folder / name
        path.write_text(yaml.safe_dump(dict(content), sort_keys=False), encoding="utf-8")
        return path


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
