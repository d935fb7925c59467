"""Failed logins of the last minutes, in the memory of the one process that takes logins."""

from __future__ import annotations

from collections import OrderedDict, deque
from threading import Lock

__all__ = ["LoginAttempts", "WINDOW_s"]

WINDOW_s = 900.0
_OF_NAME_AND_ADDRESS = 5
_OF_ADDRESS = 20
_OF_NAME = 50
"""From everywhere together. High: else anybody could lock a person out."""
_KEYS_MAX = 10_000


class LoginAttempts:
    """How long to wait before the next attempt. Times are of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._failures: OrderedDict[tuple[str, ...], deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, name: str, address: str, now_s: float) -> float:
        """Seconds until another attempt is taken; 0: now."""
        with self._lock:
            return max(self._wait_s(key, most, now_s) for key, most in _keys(name, address))

    def failed(self, name: str, address: str, now_s: float) -> None:
        """Note a failure."""
        with self._lock:
            for key, most in _keys(name, address):
                self._failures.setdefault(key, deque(maxlen=most)).append(now_s)
                self._failures.move_to_end(key)
            while len(self._failures) > _KEYS_MAX:
                self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        """Forget what this person mistyped here."""
        with self._lock:
            self._failures.pop(("both", name, address), None)

    def _wait_s(self, key: tuple[str, ...], most: int, now_s: float) -> float:
        failures = self._failures.get(key)
        if failures is None or len(failures) < most:
            return 0.0
        return max(0.0, failures[0] + WINDOW_s - now_s)


def _keys(name: str, address: str) -> tuple[tuple[tuple[str, ...], int], ...]:
    return (
        (("both", name, address), _OF_NAME_AND_ADDRESS),
        (("address", address), _OF_ADDRESS),
        (("name", name), _OF_NAME),
    )
