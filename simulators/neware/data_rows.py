"""The rows of a download reply, as text. A thousand at a time through one template: they are most of the wire."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from simulators.neware.ledger_rows import LedgerRows
from simulators.neware.local_time import local_times

__all__ = ["format_rows"]

# Every value is a number or one of our own words, so nothing needs escaping. Recorded replies carry 15 digits.
_ROW = (
    '    <data seqid="%d" stepid="%d" cycleid="%d" steptype="%s" testtime="%d" atime="%s"'
    ' volt="%.15g" curr="%.15g" cap="%.15g" eng="%.15g" />\r\n'
)


def format_rows(rows: LedgerRows, zone: ZoneInfo) -> bytes:
    """One ``<data … />`` line a record."""
    columns = (
        rows.seqid.tolist(),
        rows.stepid.tolist(),
        rows.cycleid.tolist(),
        rows.steptype.tolist(),
        rows.testtime_ms.tolist(),
        local_times(rows.unix_time_s, zone),
        rows.volt_V.tolist(),
        rows.curr_A.tolist(),
        rows.cap_Ah.tolist(),
        rows.eng_Wh.tolist(),
    )
    values: list[object] = [None] * (len(columns) * len(rows))
    for position, column in enumerate(columns):
        values[position :: len(columns)] = column
    return ((_ROW * len(rows)) % tuple(values)).encode("ascii")
