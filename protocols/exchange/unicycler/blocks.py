"""Unicycler's flat method, whose loops jump back, as blocks within blocks."""

from __future__ import annotations

from dataclasses import dataclass

from protocols.errors import Place, Refusal, quoted
from protocols.exchange.unicycler.fields import Fields

__all__ = ["Block", "Item", "to_blocks"]


@dataclass(frozen=True, slots=True)
class Block:
    """Steps that are repeated; ``tag`` is the name that the loop goes back to, where it has one."""

    count: int
    tag: str | None
    items: tuple[Item, ...]
    place: Place


Item = Fields | Block


@dataclass(frozen=True, slots=True)
class _Span:
    first: int
    """Index into the method."""
    last: int
    item: Item


def to_blocks(method: list[Fields]) -> tuple[Item, ...]:
    """Return the steps without tags and loops. Raises Refusal where a loop goes forwards, or crosses another.

    ``loop_to`` counts from 1 and counts tags, as aurora-unicycler 0.4 does.
    """
    done: list[_Span] = []
    tags: dict[str, int] = {}
    for index, step in enumerate(method):
        kind = step.text("step")
        if kind == "tag":
            step.check_names(("step", "id", "tag"))
            tags[step.text("tag") or ""] = index
        elif kind == "loop":
            done = _looped(done, step, index, tags)
        else:
            done.append(_Span(index, index, step))
    return tuple(span.item for span in done)


def _looped(done: list[_Span], step: Fields, index: int, tags: dict[str, int]) -> list[_Span]:
    begin, tag = _target(step, index, tags)
    inside = [span for span in done if span.first >= begin]
    outside = done[: len(done) - len(inside)]
    if outside and outside[-1].last >= begin:
        raise Refusal(step.place, "the loop goes back into another loop", "loops may only lie within each other")
    if not inside:
        raise Refusal(step.place, "the loop repeats nothing")
    block = Block(_count(step), tag, tuple(span.item for span in inside), step.place)
    return [*outside, _Span(begin, index, block)]


def _target(step: Fields, index: int, tags: dict[str, int]) -> tuple[int, str | None]:
    """Index that the loop goes back to, and the tag that stands there or just before."""
    step.check_names(("step", "id", "loop_to", "cycle_count"))
    named = step.text("loop_to") or "1"
    if named in tags:
        return tags[named], named
    if not (named.isascii() and named.isdecimal()):
        raise Refusal(step.place, f"the loop goes back to {quoted(named)}, a tag that does not stand before it")
    begin = int(named[:9]) - 1
    if not 0 <= begin < index:
        raise Refusal(step.place, f"the loop goes to step {named[:9]}, which does not stand before it")
    return begin, next((tag for tag, at in tags.items() if at in {begin, begin - 1}), None)


def _count(step: Fields) -> int:
    count = step.required("cycle_count")
    if count != count.to_integral_value() or not 1 <= count <= 1_000_000:
        raise Refusal(step.place, f"cycle_count is {count}; it is a whole number from 1")
    return int(count)
