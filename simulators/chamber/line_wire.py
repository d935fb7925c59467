"""Lines of text: what SCPI and a Thermotron's commands have in common on the wire."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from simulators.chamber.chamber import ChamberRefusal
from simulators.chamber.wire import MalformedRequestError

__all__ = ["LineWire", "take_line"]

_LONGEST = 4096
_END = re.compile(rb"[\r\n]")


def take_line(buffer: bytearray) -> bytes | None:
    """Take a line that ends with CR, LF or both, without its end; empty lines are passed over."""
    while True:
        end = _END.search(buffer)
        if end is None:
            if len(buffer) > _LONGEST:
                raise MalformedRequestError("a line without an end")
            return None
        at = end.start()
        line = bytes(buffer[:at]).strip()
        del end  # a match holds the buffer, which then could not shrink
        del buffer[: at + 1]
        if line:
            return line


class LineWire:
    """A table of headers. A handler gets the argument and returns the reply, or None where there is none.

    Raises of a handler: ChamberRefusal and ValueError, which are answered with ``refused``; ``accepted`` is what
    orders are answered where they are answered at all.
    """

    def __init__(
        self,
        handlers: Mapping[str, Callable[[str], str | None]],
        split: Callable[[str], tuple[str, str]],
        refused: str | None,
        end: str,
        accepted: str | None = None,
    ) -> None:
        self._handlers, self._split, self._refused, self._end = handlers, split, refused, end
        self._accepted = accepted

    def take(self, buffer: bytearray) -> bytes | None:
        """Take one line."""
        return take_line(buffer)

    def command(self, request: bytes) -> str:
        """Header of a line."""
        return self._parts(request)[0]

    def answer(self, request: bytes) -> bytes:
        """Execute a line."""
        header, argument = self._parts(request)
        handler = self._handlers.get(header)
        try:
            reply = self._refused if handler is None else handler(argument)
        except (ChamberRefusal, ValueError):
            reply = self._refused
        return self._line(reply)

    def refusal(self, request: bytes) -> bytes:  # noqa: ARG002 - every line is refused alike
        """Return what a line is answered that is not executed."""
        return self._line(self._refused)

    def acknowledgement(self, request: bytes) -> bytes:  # noqa: ARG002 - every order is accepted alike
        """Return what an order is answered, if anything."""
        return self._line(self._accepted)

    def orders(self, command: str) -> bool:
        """Whether a line is no question."""
        return not command.endswith("?")

    @property
    def commands(self) -> tuple[str, ...]:
        """All headers."""
        return tuple(self._handlers)

    def _line(self, text: str | None) -> bytes:
        return b"" if text is None else (text + self._end).encode("ascii")

    def _parts(self, request: bytes) -> tuple[str, str]:
        header, argument = self._split(request.decode("ascii", "replace").strip())
        return header.upper(), argument.strip()
