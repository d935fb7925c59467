"""The same work on many things, half of it in a second process where one can be had."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

__all__ = ["side_by_side"]

_Thing = TypeVar("_Thing")
_Made = TypeVar("_Made")


def side_by_side(work: Callable[[_Thing], _Made], things: Sequence[_Thing]) -> list[_Made]:
    """``work`` of each, in order.

    The other process is a fork, so that nothing need be sent there; what it makes comes back pickled. A process with
    threads is not forked (what another thread holds would be held there for ever), and not every system can: then all
    of it is done here, as it is where the other process ends without an answer.
    """
    if len(things) < 2 or sys.platform != "linux" or threading.active_count() > 1:
        return [work(thing) for thing in things]
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    other = context.Process(target=_send, args=(work, things[1::2], there), daemon=True)
    other.start()
    there.close()
    made = [work(thing) for thing in things[::2]]
    try:
        received: list[_Made] = here.recv()
    except EOFError:
        received = [work(thing) for thing in things[1::2]]
    other.join()
    here.close()
    both = [*made, *received]
    both[::2], both[1::2] = made, received
    return both


def _send(work: Callable[[_Thing], _Made], things: Sequence[_Thing], there: Connection) -> None:
    there.send([work(thing) for thing in things])
    there.close()
