"""The list of linked techniques, and the position in it with the counters of its loops."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.biologic.parameter_set import ParameterSet
from simulators.biologic.technique_id import TechniqueId
from simulators.biologic.techniques import EXECUTIONS

__all__ = ["LinkedTechnique", "Position"]

_ENDLESS = -1


@dataclass(frozen=True, slots=True)
class LinkedTechnique:
    """One entry of the list."""

    technique: TechniqueId
    parameters: ParameterSet

    @property
    def time_base_s(self) -> float:
        """Time base as given, else that of the technique."""
        given_s = self.parameters.number("tb") if self.parameters.has("tb") else 0.0
        return given_s or EXECUTIONS[self.technique].time_base_s


class Position:
    """Goes through the list; a loop sends it back so many times, and starts afresh when it comes by again."""

    def __init__(self, techniques: list[LinkedTechnique]) -> None:
        self._techniques = techniques
        self._index = -1
        self._sent_back: dict[int, int] = {}
        self._entered: dict[int, int] = {}

    def next(self) -> int | None:
        """Index of the technique that comes now; None at the end."""
        while True:
            self._index += 1
            if self._index >= len(self._techniques):
                return None
            entry = self._techniques[self._index]
            if entry.technique is not TechniqueId.LOOP:
                self._entered[self._index] = self._entered.get(self._index, -1) + 1
                return self._index
            self._loop(entry.parameters)

    def times_entered(self, index: int) -> int:
        """How often a technique had begun before its present execution."""
        return self._entered.get(index, 0)

    def _loop(self, parameters: ParameterSet) -> None:
        wanted = parameters.count("loop_N_times")
        done = self._sent_back.get(self._index, 0)
        if wanted == _ENDLESS or done < wanted:
            self._sent_back[self._index] = done + 1
            self._index = parameters.count("protocol_number") - 1
        else:
            self._sent_back[self._index] = 0
