from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.orchestrator.analysis.stored_run import new_database


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = new_database(tmp_path)
    yield engine
    engine.dispose()
