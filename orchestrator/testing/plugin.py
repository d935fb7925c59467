"""The pytest plugin: a fixture, and nothing else; whoever does not ask for it pays nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from orchestrator.testing.virtual_lab import VirtualLab

__all__ = ["virtual_lab"]


@pytest.fixture
def virtual_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualLab]:
    """A laboratory of virtual instruments with the whole service on it, to try a protocol before it meets a cell."""
    from orchestrator.testing.virtual_lab import VirtualLab

    with VirtualLab(tmp_path_factory.mktemp("virtual_lab")) as lab:
        yield lab
