"""A process that watches over its event loop as a node does: ``python -m … NOTE AFTER_S [blocks|mute]``.

It says that it has turned, again and again, until its standard input ends. ``blocks``: then the loop stands still;
``mute``: likewise, and nobody can write into its log or onto its standard error any more.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from pathlib import Path

from orchestrator.process.last_resort import LastResort
from orchestrator.process.last_words import LastWords

_TURN_S = 0.05


def _a_call_that_blocks() -> None:
    threading.Event().wait()


def _fill_the_pipe() -> None:
    logging.getLogger().addHandler(handler := logging.StreamHandler())
    handler.acquire()
    os.set_blocking(2, False)
    try:
        while True:
            os.write(2, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(2, True)


async def _turn(last_resort: LastResort, ending: threading.Event) -> None:
    turns = 0
    last_resort.watch(lambda: {"event loop": turns}, "the {} stood still for {:.0f} s".format)
    while not ending.is_set():
        turns += 1
        sys.stdout.write("turned\n")
        sys.stdout.flush()
        await asyncio.sleep(_TURN_S)


def _main(note: str, after_s: str, way: str = "") -> None:
    ending = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ending.set()), daemon=True).start()
    with LastResort(LastWords(Path(note)), after_s=float(after_s)) as last_resort:
        asyncio.run(_turn(last_resort, ending))
        if way == "mute":
            _fill_the_pipe()
        if way:
            _a_call_that_blocks()


if __name__ == "__main__":
    _main(*sys.argv[1:])
