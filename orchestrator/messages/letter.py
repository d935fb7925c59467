"""What one receiver is told at one time: a line for each alarm, as it stands when the letter is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from orchestrator.interlocks.rule import Severity
from protocols.describe import duration_text

__all__ = ["Letter", "Line", "one_line"]

_SUBJECT_MAX = 150
_LINES_MAX = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One alarm."""

    alarm_id: int | None
    """None: it could not be stored."""
    severity: Severity
    source: str
    message: str
    raised_unix_s: float
    cleared_unix_s: float | None = None
    acknowledged_by: str | None = None
    acknowledged_reason: str | None = None
    times: int = 1
    """How often it has come back before its end was told, and the first."""
    test: bool = False

    @property
    def state(self) -> str:
        """``raised``, ``acknowledged``, ``cleared`` or ``test``."""
        if self.test:
            return "test"
        if self.cleared_unix_s is not None:
            return "cleared"
        return "acknowledged" if self.acknowledged_by is not None else "raised"

    def text(self, now_unix_s: float) -> str:
        """``critical  run 17: stop NOT confirmed (alarm 4, 2026-11-22 22:10:03 +0100)``, and what came of it."""
        number = "" if self.alarm_id is None else f"alarm {self.alarm_id}, "
        parts = [f"{number}{_moment(self.raised_unix_s)}"]
        if self.state == "raised" and now_unix_s - self.raised_unix_s >= 60:
            parts.append(f"seen by nobody for {duration_text(round(now_unix_s - self.raised_unix_s))}")
        if self.acknowledged_by is not None:
            parts.append(f"acknowledged by {self.acknowledged_by}: {self.acknowledged_reason}")
        if self.cleared_unix_s is not None:
            parts.append(f"over since {_moment(self.cleared_unix_s)}")
        if self.times > 1:
            parts.append(f"came {self.times} times")
        return one_line(f"{self._heading}  {self.source}: {self.message} ({'; '.join(parts)})", 1000)

    @property
    def _heading(self) -> str:
        return "test" if self.test else self.severity if self.cleared_unix_s is None else f"over ({self.severity})"


@dataclass(frozen=True, slots=True)
class Letter:
    """Alarms that go to one receiver together."""

    key: str
    """The same at every attempt: whoever has taken it once can know it again."""
    lab: str
    lines: tuple[Line, ...]
    written_unix_s: float
    """Lab time."""
    unacknowledged: int
    """How many alarms of the receiver's severities are open and seen by nobody, in all: what a siren follows."""
    simulated: bool = False

    @property
    def severity(self) -> Severity:
        """The worst that is not over; of what is over, ``warning``."""
        open_ones = (line.severity for line in self.lines if line.cleared_unix_s is None)
        return "critical" if "critical" in open_ones else "warning"

    @property
    def state(self) -> str:
        """``raised`` where any line is, else what the first line is."""
        states = [line.state for line in self.lines]
        return "raised" if "raised" in states else states[0]

    def subject(self) -> str:
        """One short line."""
        first = next((line for line in self.lines if line.state == self.state), self.lines[0])
        what = self.severity if self.state == "raised" else {"cleared": "over"}.get(self.state, self.state)
        more = f" (and {len(self.lines) - 1} more)" if len(self.lines) > 1 else ""
        head = f"[{self.lab}] {what}: {first.source}: {first.message}"
        return one_line(head, _SUBJECT_MAX - len(more)) + more

    def text(self, lines_max: int = _LINES_MAX) -> str:
        """A line for each alarm, the worst first, at most so many, and what to do."""
        worst_first = sorted(self.lines, key=lambda line: (line.state != "raised", line.severity != "critical"))
        told = [line.text(self.written_unix_s) for line in worst_first[:lines_max]]
        if len(worst_first) > lines_max:
            told.append(f"and {len(worst_first) - lines_max} more; `cellbench alarms` lists all")
        if self.simulated:
            told.append("This is a virtual lab: no instrument is real.")
        if any(line.state == "raised" and line.alarm_id is not None for line in self.lines):
            told.append("Acknowledge with `cellbench ack ALARM --reason ...`; then nobody else is called.")
        return "\n".join(told)


def one_line(text: str, most: int) -> str:
    """Foreign text on one line that no header and no terminal takes for more."""
    printable = "".join(char if char.isprintable() else " " for char in text)
    return printable if len(printable) <= most else printable[: most - 1] + "…"


def _moment(unix_s: float) -> str:
    return f"{datetime.fromtimestamp(unix_s, UTC).astimezone():%Y-%m-%d %H:%M:%S %z}"
