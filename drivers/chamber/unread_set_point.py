"""The set point of a chamber that tells only where its ramp is just now: believed as long as it moves there."""

from __future__ import annotations

import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path

from drivers.chamber.set_point_limits import check_finite
from drivers.errors import Unsafe

__all__ = ["UnreadSetPoint"]

_log = logging.getLogger(__name__)
_SAME_K = 0.06
_STEP_K = 0.1
_PATIENCE_s = 60.0
"""A ramp that has not come nearer for this long has ended elsewhere: somebody else has set the chamber."""
_PATIENCE_STEPS = 3.0


@dataclass(slots=True)
class _Sent:
    target_degC: float
    ramp_K_per_min: float | None
    gap_K: float | None = None
    """Smallest distance seen so far; None: not seen since this process began."""
    since_s: float = 0.0

    @property
    def patience_s(self) -> float:
        if self.ramp_K_per_min is None:
            return _PATIENCE_s
        return max(_PATIENCE_s, _PATIENCE_STEPS * _STEP_K / self.ramp_K_per_min * 60.0)


class UnreadSetPoint:
    """Remembers, over a restart too, what was written last."""

    def __init__(self, state_dir: Path) -> None:
        self._file = state_dir / "set_point.json"
        self._sent = self._load()

    def written(self, target_degC: float, ramp_K_per_min: float | None) -> None:
        """A set point was written and not refused."""
        self._sent = _Sent(target_degC, ramp_K_per_min)
        try:
            self._save({"target_degC": target_degC, "ramp_K_per_min": ramp_K_per_min})
        except OSError as error:  # the chamber is set all the same; only the next process will not know where to
            _log.warning("%s cannot be written: %s", self._file, error)

    def seen(self, active_degC: float, now_s: float) -> float:
        """Where the chamber is sent, as far as can be told from where its ramp is."""
        sent = self._sent
        if sent is None:
            return active_degC
        gap_K = abs(sent.target_degC - active_degC)
        if gap_K <= _SAME_K:
            sent.gap_K = gap_K
            return active_degC
        if sent.gap_K is None or gap_K < sent.gap_K:
            sent.gap_K, sent.since_s = gap_K, now_s
        elif gap_K > sent.gap_K + _SAME_K or now_s - sent.since_s > sent.patience_s:
            self._forget()
            return active_degC
        return sent.target_degC

    def _save(self, kept: dict[str, float | None]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".part")
        with part.open("w", encoding="utf-8") as stream:
            json.dump(kept, stream)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self._file)

    def _forget(self) -> None:
        self._sent = None
        try:
            self._file.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("%s cannot be removed: %s", self._file, error)

    def _load(self) -> _Sent | None:
        try:
            kept = json.loads(self._file.read_text(encoding="utf-8"))
            target_degC, ramp = float(kept["target_degC"]), kept["ramp_K_per_min"]
            check_finite(target_degC, ramp)
            return _Sent(target_degC, ramp)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, Unsafe) as error:
            _log.warning("%s is not used: %s", self._file, error)  # the chamber is then believed as it tells
            return None
