"""Where in its list a channel is: told by the rows it wrote, since LOOP techniques write none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from drivers.biologic.technique_list import TechniqueList
from drivers.errors import Garbled

__all__ = ["BEFORE_THE_LIST", "ListPosition"]

_SEARCHED = 2000
"""Techniques gone through at most to find the execution that rows say they are of."""


@dataclass(frozen=True, slots=True)
class ListPosition:
    """An execution of a technique. Counters of a loop that stand at 0 are left out."""

    index: int = -1
    sent_back: tuple[tuple[int, int], ...] = ()
    """LOOP technique → how often it has gone back since it came by from above."""
    entered: tuple[tuple[int, int], ...] = ()
    """Technique → how often it had begun, this execution included."""
    passes: int = 0
    """LOOP techniques that have been executed in all."""

    def next(self, techniques: TechniqueList) -> ListPosition | None:
        """Return the execution that follows; None at the end of the list."""
        index, passes = self.index, self.passes
        sent_back, entered = dict(self.sent_back), dict(self.entered)
        while (index := index + 1) < len(techniques.techniques):
            technique = techniques.techniques[index]
            if not technique.is_loop:
                entered[index] = entered.get(index, 0) + 1
                return ListPosition(index, tuple(sent_back.items()), tuple(entered.items()), passes)
            passes += 1
            done = sent_back.pop(index, 0)
            if done < technique.number("loop_N_times"):
                sent_back[index] = done + 1
                index = int(technique.number("protocol_number")) - 1
        return None

    def times_entered(self, index: int) -> int:
        """How often a technique has begun."""
        return dict(self.entered).get(index, 0)

    def until(self, techniques: TechniqueList, index: int, loop: int) -> ListPosition:
        """Return the next execution of a technique: the one that ``DataInfos.loop`` names, else the first.

        # unconfirmed on hardware: that ``loop`` counts how often the technique had begun before; where it does not, an
        # execution that wrote no row is not noticed. Raises Garbled where the list does not come by there again.
        """
        first: ListPosition | None = None
        for at in islice(self._following(techniques), _SEARCHED):
            if at.index == index:
                first = first or at
                if at.times_entered(index) >= loop + 1:
                    break
        else:
            at = first or self
        if first is None:
            raise Garbled(f"rows of technique {index}, which does not come any more after technique {self.index}")
        return at if at.times_entered(index) == loop + 1 else first

    def _following(self, techniques: TechniqueList) -> Iterator[ListPosition]:
        at = self.next(techniques)
        while at is not None:
            yield at
            at = at.next(techniques)


BEFORE_THE_LIST = ListPosition()
