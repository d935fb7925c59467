"""Where a row's words stand, as far as the process that owns the spool has to know (A8)."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.biologic.technique_list import TechniqueList

__all__ = ["SPECTRUM", "fewest_columns", "potential_column"]

SPECTRUM = 1
"""ProcessIndex of the points of PEIS and GEIS."""

_POTENTIAL, _POTENTIAL_OF_SPECTRUM = 2, 4
_COLUMNS_OF_A_RECORD: Mapping[str, int] = {"ocv": 3, "peis": 4, "geis": 4}
_COLUMNS_MOSTLY = 5


def potential_column(process: int) -> int:
    """Column of the potential in rows of every technique that this driver loads."""
    return _POTENTIAL_OF_SPECTRUM if process == SPECTRUM else _POTENTIAL


def fewest_columns(techniques: TechniqueList) -> int:
    """Columns of the narrowest rows of this list that are records: a buffer holds most of those."""
    widths = (_COLUMNS_OF_A_RECORD.get(it.stem, _COLUMNS_MOSTLY) for it in techniques.techniques if it.steps)
    return min(widths, default=_COLUMNS_OF_A_RECORD["ocv"])
