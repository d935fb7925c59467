"""The head of an EC-Lab text file (``.mpt``), as its readers want it.

What they look at: the first line to the letter, with CRLF; ``Nb header lines``, which counts every line up to and with
the column names; the technique between two blank lines; the start with a fraction of a second. The encoding is latin-1.
Seen in public EC-Lab files, and in the readers galvani, yadg, impedance.py and PyProBE.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

__all__ = ["ENCODING", "LINE_END", "mpt_header"]

ENCODING = "latin-1"
LINE_END = "\r\n"


def mpt_header(run: Row[Any], technique: str, started_unix_s: float, comments: Sequence[str]) -> bytes:
    """Everything above the row of column names, whose line is counted. Times are UTC, and said to be."""
    started = datetime.fromtimestamp(started_unix_s, UTC)
    body = [
        "",
        technique,
        "",
        f"Run on channel : {run.channel} ({run.instrument})",
        f"Acquisition started on : {started:%m/%d/%Y %H:%M:%S.%f}",
        f"Comments : written by cellbench, run {run.id}, protocol {run.protocol}, cell {run.cell_id}; times are UTC",
        *(f"Comments : {comment}" for comment in comments),
        "",
    ]
    lines = ["EC-Lab ASCII FILE", f"Nb header lines : {len(body) + 3}", *map(_one_line, body)]
    return "".join(line + LINE_END for line in lines).encode(ENCODING, errors="replace")


def _one_line(text: str) -> str:
    """No text of ours may break a line: every line is counted."""
    return " ".join(text.splitlines())
