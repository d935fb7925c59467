"""A database in which every channel runs, and somebody who writes it as a node does, once a second, without a node."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from orchestrator.config import Lab, read_lab
from orchestrator.instruments import open_cycler
from orchestrator.launch import LaunchRequest, launch
from orchestrator.store.database import open_database
from orchestrator.store.node_status import InstrumentReport, NodeReport, report_node
from orchestrator.store.tables import cells, cycles, instruments, latest, records, runs, segments
from orchestrator.store.transactions import writing
from orchestrator.store.upgrade import upgrade
from orchestrator.store.upsert import upsert

__all__ = ["SeenBench"]

_OF_SUBDEVICE = 8
_LAB = """
lab: a bench that is looked at
database: sqlite:///cellbench.db
clock: system
web: {{host: 127.0.0.1, port: {port}, login: off}}
instruments:
  bts-1: {{driver: neware, address: '192.0.2.10:502', time_zone: Asia/Shanghai, poll: 10 s, lost_after: 60 s,
          step_dir: steps, remote_step_dir: 'D:\\steps', channel: {{voltage: [-5 V, 5 V], current: 50 mA}}}}
limits: {{voltage: [-0.5 V, 5 V], current: 50 mA}}
benches:
"""


class SeenBench:
    """So many channels, each with a run of a rate ladder in its third cycle."""

    def __init__(self, folder: Path, count: int) -> None:
        self._names = [
            f"27-{21 + n // 800}-{1 + n % 800 // _OF_SUBDEVICE}-{1 + n % _OF_SUBDEVICE}" for n in range(count)
        ]
        self.lab = _lab(folder, self._names)
        self._engine = open_database(self.lab.database_url)
        upgrade(self._engine)
        self._seq = 0
        self._launch_all()
        self.see_all()

    def close(self) -> None:
        """No more of it."""
        self._engine.dispose()

    def see_all(self) -> None:
        """Every channel is seen now, and has a new record; the node reports."""
        self._seq += 1
        now = time.time()
        with writing(self._engine) as connection:
            connection.execute(records.insert(), [self._record(number, now) for number in self._segments()])
            connection.execute(segments.update().values(records=self._seq))
            upsert(connection, latest, [self._status(*one, now) for one in enumerate(self._names, start=1)])
            report_node(connection, NodeReport("node", "x", True, 0.0, None, 0, 0, 0), _REPORT, uptime_s=9.0)

    def _segments(self) -> Iterator[int]:
        return iter(range(1, len(self._names) + 1))

    def _record(self, segment: int, now: float) -> dict[str, Any]:
        passed_s = float(self._seq)
        return {
            "segment_id": segment,
            "seq": self._seq,
            "cycle": 3,
            "step": 1,
            "step_kind": 1,
            "unix_time_s": now,
            "test_time_s": 9000 + passed_s,
            "step_time_s": passed_s,
            "step_capacity_Ah": 1e-4,
            "step_energy_Wh": 1e-4,
            "voltage_V": 0.4 + 1e-4 * self._seq + 1e-3 * segment,
            "current_A": -0.00055,
        }

    def _status(self, number: int, channel: str, now: float) -> dict[str, Any]:
        return {
            "instrument": "bts-1",
            "channel": channel,
            "observed_unix_s": now,
            "state": "running",
            "native_state": "working",
            "tag": f"C{number}#{number}.0.1",
            "test_id": "1",
            "run_id": number,
            "cycle": 3,
            "step": 1,
            "voltage_V": 0.4,
            "current_A": -0.0006,
            "temperature_degC": 25.0,
        }

    def _launch_all(self) -> None:
        cycler = open_cycler(self.lab, "bts-1")
        with writing(self._engine) as connection:
            named = {"driver": "neware", "address": "x", "connected": True, "simulated": False}
            connection.execute(instruments.insert().values(name="bts-1", **named))
            numbers = range(1, len(self._names) + 1)
            connection.execute(sa.insert(cells), [_cell(f"C{number}") for number in numbers])
            request = LaunchRequest("rate-ladder", "C1", f"bts-1/{self._names[0]}")
            launch(connection, self.lab, lambda _place: cycler, request, time.time(), "bench")
            self._repeat(connection)
            connection.execute(runs.update().values(state="running", started_unix_s=time.time(), cycles_done=2))
            connection.execute(sa.insert(cycles), [row for n in self._segments() for row in _cycles(n)])
        cycler.close()

    def _repeat(self, connection: sa.Connection) -> None:
        """The same run on every other channel: a launch of each takes longer than all that is measured."""
        run = connection.execute(sa.select(runs)).one()._asdict()
        segment = connection.execute(sa.select(segments)).one()._asdict()
        others = list(enumerate(self._names, start=1))[1:]
        connection.execute(
            sa.insert(runs), [run | {"id": n, "cell_id": f"C{n}", "channel": channel} for n, channel in others]
        )
        connection.execute(
            sa.insert(segments), [segment | {"id": n, "run_id": n, "tag": f"C{n}#{n}.0.1"} for n, _channel in others]
        )


_REPORT = [InstrumentReport("bts-1", {"ok": 1}, 0.0)]


def _cycles(run_id: int) -> list[dict[str, Any]]:
    counted = {"charge_capacity_Ah": 1e-3, "discharge_capacity_Ah": 1e-3, "charge_energy_Wh": 1e-3}
    return [
        {
            "run_id": run_id,
            "cycle": cycle,
            "complete": cycle < 3,
            "label": "ladder 0.2 A/g",
            "gap": False,
            "started_test_time_s": 3000.0 * (cycle - 1),
            "ended_test_time_s": 3000.0 * cycle,
            **counted,
            "discharge_energy_Wh": 1e-3,
        }
        for cycle in (1, 2, 3)
    ]


def _cell(cell_id: str) -> dict[str, Any]:
    return {
        "id": cell_id,
        "active_mass_g": 0.00275,
        "area_cm2": 1.131,
        "nominal_capacity_Ah": 0.00335,
        "window_min_V": 0.01,
        "window_max_V": 1.5,
        "material": "SiO@C-l",
        "metadata": {},
        "created_unix_s": 1.0,
    }


def _lab(folder: Path, names: list[str]) -> Lab:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    path = folder / "lab.yaml"
    benches = "".join(f"  A{number}: {{channel: bts-1/{name}}}\n" for number, name in enumerate(names, start=1))
    path.write_text(_LAB.format(port=port) + benches, encoding="utf-8")
    (folder / "steps").mkdir()
    return read_lab(path)
