"""What is remembered of one rule about one subject between two looks. Immutable; lost with the process."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

__all__ = ["JointSample", "Key", "Progress", "Standing", "State", "recall", "release"]

Key = tuple[str, str]
"""Rule (its text) and subject (``cell A1``)."""


@dataclass(frozen=True, slots=True)
class JointSample:
    """A cell's temperature and its chamber's, each newer than in the sample before."""

    at_s: float
    cell_at_s: float
    chamber_at_s: float
    cell_degC: float
    chamber_degC: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A value that has been the same to the last digit, and since when something shows that it should not be."""

    value_degC: float
    aim_degC: float | None
    """Set point when the value became what it is."""
    records: int | None
    moved_since_s: float | None = None
    counted_since_s: float | None = None
    """Since when the count of records has been ``records`` in a running test."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a rule is from tripping."""

    sample_s: float = float("-inf")
    """Of the newest sample that was judged."""
    since_s: float | None = None
    """First of the samples in a row that show it; None: the newest did not."""
    count: int = 0
    """How many they are."""
    tripped: bool = False
    samples: tuple[JointSample, ...] = ()
    standing: Standing | None = None


State = Mapping[Key, Progress]


def recall(state: State, keys: Iterable[Key]) -> dict[Key, Progress]:
    """The state where these have tripped, perhaps in an earlier process: none of them trips again before it is over."""
    return {**state, **{key: replace(state.get(key, Progress()), tripped=True) for key in keys}}


def release(state: State, key: Key) -> dict[Key, Progress]:
    """The state after a trip was acknowledged: a cause that is still there has to hold anew to trip again."""
    known = dict(state)
    if key in known:
        known[key] = replace(known[key], tripped=False, since_s=None, count=0)
    return known
