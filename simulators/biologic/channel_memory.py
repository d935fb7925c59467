"""The memory of a channel: fills with rows, empties as they are read."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulators.biologic.segment import SegmentKey
from simulators.biologic.structs import BUFFER_WORDS

__all__ = ["ChannelMemory", "Taken"]

_BYTES_A_WORD = 4


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows that have left the memory, and how many points were lost before them."""

    key: SegmentKey
    words: NDArray[np.uint32]
    skipped: int


class ChannelMemory:
    """First in, first out. What does not fit is refused, and counted until the next reading tells it."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        self.skipped = 0
        self._blocks: deque[tuple[SegmentKey, NDArray[np.uint32]]] = deque()
        self._words = 0

    @property
    def filled_bytes(self) -> int:
        """How much is in use."""
        return self._words * _BYTES_A_WORD

    def put(self, key: SegmentKey, words: NDArray[np.uint32]) -> int:
        """Take as many of the rows as fit; returns how many."""
        free = (self.size_bytes - self.filled_bytes) // _BYTES_A_WORD // words.shape[1]
        fits = int(max(0, min(free, len(words))))
        if fits:
            self._blocks.append((key, words[:fits]))
            self._words += fits * words.shape[1]
        return fits

    def take(self) -> Taken | None:
        """Take out the oldest rows of one segment, as many as a buffer holds; None where there are none."""
        if not self._blocks:
            return None
        key, first = self._blocks[0]
        room = BUFFER_WORDS // first.shape[1]
        parts: list[NDArray[np.uint32]] = []
        while room and self._blocks and self._blocks[0][0] == key:
            _, words = self._blocks.popleft()
            parts.append(words[:room])
            if len(words) > room:
                self._blocks.appendleft((key, words[room:]))
            room -= len(parts[-1])
        rows = np.concatenate(parts)
        self._words -= rows.size
        skipped, self.skipped = self.skipped, 0
        return Taken(key, rows, skipped)

    def clear(self) -> None:
        """Forget everything, as a start does."""
        self._blocks.clear()
        self._words = 0
        self.skipped = 0
