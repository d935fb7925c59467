"""What a card says beside its state: whole sentences, since they are translated."""

from __future__ import annotations

from typing import Final

__all__ = [
    "ALARM",
    "DRIVEN",
    "FOREIGN",
    "LAST_RUN",
    "NEVER_SEEN",
    "NODE_SILENT",
    "NOT_UNDERSTOOD",
    "PROMPT",
    "SENTENCES",
    "TOO_OLD",
    "TRIP",
    "TRIPPED",
]

NEVER_SEEN: Final = "never seen yet"
TOO_OLD: Final = "the last value is too old to be trusted"
NODE_SILENT: Final = "its node does not report"
NOT_UNDERSTOOD: Final = "the instrument's own word is not understood"
FOREIGN: Final = "a test that is not ours is here"
DRIVEN: Final = "over for us, but still driven"
TRIPPED: Final = "ended by the instrument's own protection"
PROMPT: Final = "somebody is asked"
TRIP: Final = "held by an interlock"
ALARM: Final = "alarm"
LAST_RUN: Final = "last run"

SENTENCES: Final = (
    NEVER_SEEN,
    TOO_OLD,
    NODE_SILENT,
    NOT_UNDERSTOOD,
    FOREIGN,
    DRIVEN,
    TRIPPED,
    PROMPT,
    TRIP,
    ALARM,
    LAST_RUN,
)
