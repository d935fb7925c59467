"""The service of a test bench, asked over a socket."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from orchestrator.config import Lab
from orchestrator.preview.model_cells import ModelCells
from orchestrator.store.transactions import writing
from tests.orchestrator.launch.bench_lab import fill, make_lab
from tests.orchestrator.web.served import served


@dataclass
class Api:
    """A client that knows the prefix and expects JSON."""

    lab: Lab
    engine: Engine
    http: httpx.Client

    def get(self, path: str, **query: Any) -> Any:
        answer = self.http.get(f"/api/v1/{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        answer = self.http.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def launch(self, *cells_at: tuple[str, str], protocol: str = "formation", status: int = 201, **more: Any) -> Any:
        placements = [{"cell": cell, "bench": bench} for cell, bench in cells_at]
        return self.post("runs", status, protocol=protocol, placements=placements, actor="anna", **more)

    def write(self, *statements: Any) -> None:
        with writing(self.engine) as connection:
            for statement in statements:
                connection.execute(statement)


def open_api(lab: Lab, model_cells: ModelCells | None = None) -> Iterator[Api]:
    with served(lab, model_cells) as (url, engine), httpx.Client(base_url=url, timeout=120) as http:
        yield Api(lab, engine, http)


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    """On SQLite."""
    lab = make_lab(tmp_path)
    fill(lab)
    yield from open_api(lab)


@pytest.fixture
def api_on_both(tmp_path: Path, database_url: str) -> Iterator[Api]:
    """On SQLite and on PostgreSQL."""
    lab = make_lab(tmp_path, database_url)
    fill(lab)
    yield from open_api(lab)
