"""Names of exported files: ``Institution__Cell__YYYYMMDD_Run``, as the Battery Data Format recommends."""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["export_stem"]

_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")
_LONGEST_CELL = 80


def export_stem(cell_id: str, unix_s: float, run_id: int) -> str:
    """Return the name without extension: ``cellbench__L1__20260105_017``; the date is in UTC.

    A barcode is any text; what is not a letter, a digit or a hyphen becomes one hyphen. The run's number keeps two
    cells apart whose names become the same.
    """
    cell = _UNSAFE.sub("-", cell_id).strip("-")[:_LONGEST_CELL] or "cell"
    return f"cellbench__{cell}__{datetime.fromtimestamp(unix_s, UTC):%Y%m%d}_{run_id:03d}"
