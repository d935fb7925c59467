"""Benches on which faults are caused over the wire."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from orchestrator.testing.virtual_bench import VirtualBench
from tests.e2e.conftest import make_bench

__all__ = ["make_bench"]


@pytest.fixture
def make_held_bench(make_bench: Callable[..., VirtualBench]) -> Callable[..., VirtualBench]:
    """As ``make_bench``; lab time stands while no node is there: a fault at 6 min comes in minute 6 of a run."""
    return partial(make_bench, speed_without_node=0.0)
