"""A node that can be made to stand still: ``python -m … LAB_FILE STUCK_AFTER_S``.

SIGUSR1: its event loop is blocked for ever. SIGUSR2: the next look at its first cycler never comes back.
"""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from drivers.contracts import ChannelId, ChannelStatus, Cycler
from orchestrator.config import Lab, read_lab
from orchestrator.engine import node

_hangs = threading.Event()


def _a_call_that_blocks(*_: object) -> None:
    threading.Event().wait()


def _a_cycler_that_hangs(open_cycler: Callable[..., Cycler]) -> Callable[..., Cycler]:
    def opened(lab: Lab, name: str, now: Callable[[], float]) -> Cycler:
        cycler: Any = open_cycler(lab, name, now)
        observe = cycler.observe

        def look() -> Mapping[ChannelId, ChannelStatus]:
            if _hangs.is_set():
                _a_call_that_blocks()
            seen: Mapping[ChannelId, ChannelStatus] = observe()
            return seen

        cycler.observe = look
        wrapped: Cycler = cycler
        return wrapped

    return opened


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, _a_call_that_blocks)
    signal.signal(signal.SIGUSR2, lambda *_: _hangs.set())
    node.open_cycler = _a_cycler_that_hangs(node.open_cycler)
    sys.exit(node.run_node(read_lab(Path(sys.argv[1])), float(sys.argv[2])))
