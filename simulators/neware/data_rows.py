"""The rows of a download reply, as text. A thousand at a time through one template: they are most of the wire."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from pydantic_core import to_json

from simulators.neware.ledger_rows import LedgerRows
from simulators.neware.local_time import local_times

__all__ = ["format_rows", "real_text"]

# Every value is a number or one of our own words, so nothing needs escaping.
_ROW = (
    '    <data seqid="%%d" stepid="%%d" cycleid="%%d" steptype="%%s" testtime="%%d" atime="%%s"'
    ' volt="%%s" curr="%%s" cap="%%s" eng="%%s"%s />\r\n'
)


_NO_AUX: Mapping[str, NDArray[np.float64]] = {}


def format_rows(rows: LedgerRows, zone: ZoneInfo, aux: Mapping[str, NDArray[np.float64]] = _NO_AUX) -> bytes:
    """One ``<data … />`` line a record, with the auxiliary columns at its end."""
    columns = [
        rows.seqid.tolist(),
        rows.stepid.tolist(),
        rows.cycleid.tolist(),
        rows.steptype.tolist(),
        rows.testtime_ms.tolist(),
        local_times(rows.unix_time_s, zone),
        _real_texts(rows.volt_V),
        _real_texts(rows.curr_A),
        _real_texts(rows.cap_Ah),
        _real_texts(rows.eng_Wh),
        *(_real_texts(column) for column in aux.values()),
    ]
    row = _ROW % "".join(f' {name}="%s"' for name in aux)
    values: list[object] = [None] * (len(columns) * len(rows))
    for position, column in enumerate(columns):
        values[position :: len(columns)] = column
    block = ((row * len(rows)) % tuple(values)).encode("ascii")
    return block.replace(b'.0" ', b'" ')  # recorded replies say 0, not 0.0


def real_text(value: float) -> str:
    """Write a number so that it reads back as the same one; whole numbers without a point, as recorded."""
    return repr(value).removesuffix(".0")


def _real_texts(values: NDArray[np.float64]) -> list[str]:
    """Likewise for many, at a quarter of the time that any formatting in Python takes."""
    return to_json(values.tolist())[1:-1].decode("ascii").split(",")
