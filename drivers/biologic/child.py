"""The process that owns EClib and the spools: ``python -m drivers.biologic.child``.

It reads one JSON request a line and writes one JSON answer a line. The first line is its settings. It ends when its
input closes, after what it is doing: a buffer in hand reaches the spool. A call that hangs then has so long to end.
"""

from __future__ import annotations

import json
import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from filelock import FileLock, Timeout

from drivers.biologic.error_codes import EclibError
from drivers.biologic.instrument import Instrument, Settings
from drivers.errors import DriverError, Garbled, Refused, Unreachable

__all__ = ["LOCK_NAME", "main"]

LOCK_NAME = "eclib.lock"
_HUNG_AFTER_s = 10.0
_Answer = dict[str, Any]


def main() -> None:
    """Serve until the input closes."""
    for signal_ in (signal.SIGINT, signal.SIGTERM):  # sent to a whole group; the driver ends us, by closing the pipe
        signal.signal(signal_, signal.SIG_IGN)
    answers = _own_stdout()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    requests: queue.Queue[str | None] = queue.Queue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()
    first = requests.get()
    with suppress(BrokenPipeError):  # nobody reads any more: all that mattered is on disk
        if first is not None:
            _serve(json.loads(first), requests, answers)


def _own_stdout() -> TextIO:
    """Keep the answers' pipe for ourselves: whatever a library prints goes to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "w", encoding="utf-8", buffering=1)


def _read(requests: queue.Queue[str | None]) -> None:
    for line in sys.stdin:
        requests.put(line)
    requests.put(None)
    threading.Event().wait(_HUNG_AFTER_s)
    os._exit(1)  # a call hangs, and there is nobody left to kill us


def _serve(settings: Mapping[str, Any], requests: queue.Queue[str | None], answers: TextIO) -> None:
    folder = Path(settings["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    own = Settings(settings["library"], settings["address"], settings["timeout"], folder)
    instrument: Instrument | None = None
    try:
        with FileLock(folder / LOCK_NAME, timeout=own.timeout):
            instrument = Instrument(own)
            _say(answers, {"ok": None})
            while (line := requests.get()) is not None:
                _say(answers, _answer(instrument, json.loads(line)))
            instrument.close()
    except Timeout:
        _say(answers, _told(Unreachable(f"another process has the spools in {folder}; it ends by itself, or kill it")))
    except (Refused, EclibError) as error:
        _say(answers, _told(_driver_error(error)))


def _answer(instrument: Instrument, request: Mapping[str, Any]) -> _Answer:
    operations: Mapping[str, Callable[..., object]] = {
        "identify": instrument.identify,
        "observe": instrument.observe,
        "look": instrument.look,
        "prepare": instrument.prepare,
        "start": instrument.start,
        "stop": instrument.stop,
        "load_firmware": instrument.load_firmware,
    }
    try:
        return {"ok": operations[request["op"]](**request["arguments"])}
    except EclibError as error:
        instrument.failed(error)
        return _told(_driver_error(error))
    except DriverError as error:
        return _told(error)
    except OSError as error:
        return _told(Refused(f"the spool cannot be written: {error}"))


def _driver_error(error: EclibError | DriverError) -> DriverError:
    if isinstance(error, DriverError):
        return error
    return Refused(str(error)) if error.is_refusal else Unreachable(str(error), sent=error.may_have_acted)


def _told(error: DriverError) -> _Answer:
    kind = next(it for it in (Unreachable, Garbled, Refused) if isinstance(error, it)).__name__
    return {"error": kind, "message": str(error), "sent": getattr(error, "sent", False)}


def _say(answers: TextIO, answer: _Answer) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
