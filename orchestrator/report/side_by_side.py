"""The same work on many things, in a second process too where one can be had."""

from __future__ import annotations

import multiprocessing
import os
import struct
import sys
import threading
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from typing import TypeVar

__all__ = ["side_by_side"]

_Thing = TypeVar("_Thing")
_Made = TypeVar("_Made")
_TICKET = struct.Struct("<H")
_TICKETS_MAX = 4096
"""So many lie in a pipe without anybody reading, on every Linux."""


def side_by_side(work: Callable[[_Thing], _Made], things: Sequence[_Thing]) -> list[_Made]:
    """``work`` of each, in order; whichever process is done with one takes the next.

    The other process is a fork, so that nothing need be sent there; what it makes comes back pickled. A process with
    threads is not forked (what another thread holds would be held there for ever), and not every system can: then all
    of it is done here. So is what is missing where the other process ends without an answer.
    """
    few_or_many = not 2 <= len(things) <= _TICKETS_MAX
    if few_or_many or sys.platform != "linux" or threading.active_count() > 1:
        return [work(thing) for thing in things]
    tickets = _tickets(range(2, len(things)))
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    other = context.Process(target=_send, args=(work, things, tickets, there), daemon=True)
    other.start()
    there.close()
    made = _make(work, things, 0, tickets)
    try:
        made |= here.recv()
    except EOFError:
        made |= {number: work(things[number]) for number in range(len(things)) if number not in made}
    other.join()
    here.close()
    os.close(tickets)
    return [made[number] for number in range(len(things))]


def _tickets(numbers: Sequence[int]) -> int:
    """Return the end of a pipe that gives each number once, to whoever reads: a lock would outlive who holds it."""
    reading, writing = os.pipe()
    os.write(writing, b"".join(map(_TICKET.pack, numbers)))
    os.close(writing)
    return reading


def _make(work: Callable[[_Thing], _Made], things: Sequence[_Thing], first: int, tickets: int) -> dict[int, _Made]:
    made = {first: work(things[first])}
    while ticket := os.read(tickets, _TICKET.size):
        (number,) = _TICKET.unpack(ticket)
        made[number] = work(things[number])
    return made


def _send(work: Callable[[_Thing], _Made], things: Sequence[_Thing], tickets: int, there: Connection) -> None:
    there.send(_make(work, things, 1, tickets))
    there.close()
