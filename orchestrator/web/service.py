"""What every route works with: the lab, its database, drivers that only translate, plans that never change."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import Lock
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection, Engine

from drivers.contracts import Cycler
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.instruments import open_cycler
from orchestrator.people.login_attempts import LoginAttempts
from orchestrator.preview.model_cells import ModelCells
from orchestrator.store.transactions import reading, writing
from orchestrator.web.bench.memory import BenchMemory
from orchestrator.web.lab_time import lab_time
from orchestrator.web.plan_cache import PlanCache
from orchestrator.web.rehearsals import Rehearsals

__all__ = ["ReadingConnection", "Service", "ServiceHere"]


@dataclass
class Service:
    """One web process. Its cyclers check and translate; nothing here ever makes them connect."""

    lab: Lab
    database: Engine
    model_cells: ModelCells | None = None
    """For previews; None: whoever started this process has none to hand in."""
    rehearsals: Rehearsals = field(default_factory=Rehearsals)
    plans: PlanCache = field(default_factory=PlanCache)
    bench: BenchMemory = field(default_factory=BenchMemory)
    attempts: LoginAttempts = field(default_factory=LoginAttempts)
    verifying: Lock = field(default_factory=Lock)
    """Held while a password is verified."""
    wall_unix_s: Callable[[], float] = time.time
    """Real time, in a virtual lab too: passwords and tokens are people's."""
    monotonic_s: Callable[[], float] = time.monotonic
    _cyclers: dict[str, Cycler] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def reading(self) -> AbstractContextManager[Connection]:
        """A transaction that reads."""
        return reading(self.database)

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction that writes, committed at the end of the block."""
        return writing(self.database)

    def now_unix_s(self, connection: Connection) -> float:
        """Lab time, as :func:`orchestrator.web.lab_time.lab_time` has it."""
        return lab_time(connection, self.lab)

    def cycler_for(self, place: InstrumentPlace) -> Cycler:
        """The driver of this place, for checking and translating. Raises Refused."""
        with self._lock:
            if place.name not in self._cyclers:
                self._cyclers[place.name] = open_cycler(self.lab, place.name)
            return self._cyclers[place.name]


def service_here(request: Request) -> Service:
    """The service of the application that is asked."""
    service: Service = request.app.state.service
    return service


ServiceHere = Annotated[Service, Depends(service_here)]


def _reading_connection(service: ServiceHere) -> Iterator[Connection]:
    with service.reading() as connection:
        yield connection


ReadingConnection = Annotated[Connection, Depends(_reading_connection)]
