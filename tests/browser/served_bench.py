"""What a browser looks at: a virtual lab, the node and the web as processes of their own, lab time at a set pace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from argon2 import PasswordHasher

from orchestrator.people.role import Role
from orchestrator.store.transactions import writing
from orchestrator.store.users import add_user
from orchestrator.testing.virtual_bench import VirtualBench
from tests.browser.lab_pace import LabPace
from tests.reserved_port import reserved_port

PEOPLE = {"vera": Role.VIEWER, "olga": Role.OPERATOR, "adam": Role.ADMIN}
PASSWORD = "slurry mixed by hand"
_CELL: Mapping[str, object] = {"material": "sio_c_l", "active_mass_g": 0.00275, "area_cm2": 1.131}


@dataclass(frozen=True)
class BenchSettings:
    """A module of tests that wants another bench says ``BENCH = BenchSettings(…)``."""

    cells: int = 3
    """L1 on A1 of a NEWARE and so on."""
    vsp: int = 0
    """V1 on P1 of a VSP-300 and so on."""
    oven: bool = False
    """Whether the cells of the VSP-300, or all where there is none, are in the chamber oven-1."""
    pace: float = 60.0
    """Lab seconds a second."""
    login: bool = False
    """With logins: vera is a viewer, olga an operator, adam an admin; all have the same ``PASSWORD``."""
    node: bool = True
    """Whether a node runs."""
    poll: str = "30 s"
    more: Mapping[str, Any] = field(default_factory=dict)
    """What else :class:`orchestrator.testing.bench_description.BenchDescription` takes."""


class ServedBench:
    """Use as a context manager."""

    def __init__(self, folder: Path, settings: BenchSettings) -> None:
        self.settings = settings
        self._stack = ExitStack()
        self._port = self._stack.enter_context(reserved_port())
        self.url = f"http://127.0.0.1:{self._port}"
        lab = dict(settings.more.get("lab", {}))
        lab["web"] = {"port": self._port, "login": "required" if settings.login else "off", **lab.get("web", {})}
        described = {"poll": settings.poll, "chamber_poll": settings.poll, **settings.more, "lab": lab}
        self.virtual = VirtualBench(folder / "bench", _cells(settings), **described)
        self.node: subprocess.Popen[bytes] | None = None
        self._web: subprocess.Popen[bytes] | None = None
        self._node_ends = ExitStack()

    def __enter__(self) -> ServedBench:
        with ExitStack() as stack:
            stack.enter_context(self.virtual)
            for bench, cell_id in _cell_ids(self.settings).items():
                self.virtual.add_cell(cell_id, bench)
            if self.settings.login:
                self._add_people()
            self.pace = stack.enter_context(LabPace(self.virtual.new_control, self.settings.pace))
            stack.callback(self.kill_node)
            stack.callback(self.end_web)
            self.start_web(wait=False)
            if self.settings.node:
                self.start_node()
            self.wait_for_web()
            self.http = stack.enter_context(httpx.Client(base_url=f"{self.url}/api/v1/", timeout=120))
            self._stack.push(stack.pop_all())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def launch(self, protocol: str, cell_id: str, bench: str, *, source: str | None = None, **parameters: str) -> int:
        """Queue a run as the API does; returns its number."""
        return self.virtual.launch(protocol, cell_id, bench, source=source, **parameters)

    def wait_state(self, run_id: int, *states: str) -> None:
        """Wait (wall time) until a run is in one of these states. Raises TimeoutError."""
        self.virtual.wait_state(run_id, *states, patience_s=120)

    # ---- the node

    def start_node(self) -> None:
        """Start the node, and wait until it drives the instruments."""
        self.node = self._node_ends.enter_context(self.virtual.node())
        self.virtual.wait_until_up()

    def freeze_node(self) -> None:
        """Let the node hang: it is there and does nothing, and lab time waits for it."""
        assert self.node is not None
        os.killpg(self.node.pid, signal.SIGSTOP)

    def thaw_node(self) -> None:
        """Let it go on."""
        assert self.node is not None
        os.killpg(self.node.pid, signal.SIGCONT)

    def kill_node(self) -> None:
        """Kill -9, frozen or not; nothing where none runs."""
        if self.node is not None and self.node.poll() is None:
            self.virtual.kill_group(self.node)
        self._node_ends.close()
        self.node = None

    # ---- the web

    def start_web(self, *, wait: bool = True) -> None:
        """Start the web at the address that it has had before."""
        command = [sys.executable, "-m", "orchestrator.cli", "web", "--lab", str(self.virtual.lab.path)]
        with self._web_log.open("ab") as log:
            self._web = subprocess.Popen(command, stdout=log, stderr=log)
        if wait:
            self.wait_for_web()

    def wait_for_web(self) -> None:
        """Wait until it answers. Raises TimeoutError, or RuntimeError where it has ended."""
        self.virtual.wait_for(self._answers, "the web answers")

    def end_web(self) -> None:
        """End it as a service manager does; nothing where none runs."""
        if self._web is not None:
            self._web.terminate()
            self._web.wait(300)
            self._web = None

    def kill_web(self) -> None:
        """Kill -9."""
        assert self._web is not None
        self._web.kill()
        self.end_web()

    @property
    def _web_log(self) -> Path:
        return self.virtual.folder / "web.log"

    def _answers(self) -> bool:
        if self._web is None or self._web.poll() is not None:
            raise RuntimeError(f"the web has ended: {self._web_log.read_text(errors='replace')[-2000:]}")
        try:
            return httpx.get(f"{self.url}/alive", timeout=20).status_code == 200
        except httpx.TransportError:
            return False

    def _add_people(self) -> None:
        cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        with writing(self.virtual.engine) as connection:
            for name, role in PEOPLE.items():
                add_user(connection, name, role, cheap.hash(PASSWORD), now=1.0)


def _cell_ids(settings: BenchSettings) -> dict[str, str]:
    """Cell by bench."""
    neware = {f"A{number}": f"L{number}" for number in range(1, settings.cells + 1)}
    return neware | {f"P{number}": f"V{number}" for number in range(1, settings.vsp + 1)}


def _cells(settings: BenchSettings) -> dict[int | str, Mapping[str, object]]:
    inside = {"chamber": "oven-1"} if settings.oven else {}
    made: dict[int | str, Mapping[str, object]] = {}
    for bench in _cell_ids(settings):
        heated = bench.startswith("P") or not settings.vsp
        made[bench] = {**_CELL, "seed": int(bench[1:]), **(inside if heated else {})}
    return made
