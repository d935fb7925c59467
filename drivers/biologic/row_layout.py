"""Where a row's words stand, as far as the process that owns the spool has to know (A8)."""

from __future__ import annotations

from collections.abc import Mapping

from drivers.biologic.technique_list import TechniqueList

__all__ = ["MEASURED", "SPECTRUM", "fewest_columns", "is_record"]

SPECTRUM = 1
"""ProcessIndex of the points of PEIS and GEIS."""

MEASURED: Mapping[tuple[str, int], tuple[int, int | None]] = {
    ("ocv", 0): (2, None),
    ("calimit", 0): (2, 3),
    ("cplimit", 0): (2, 3),
    ("vscanlimit", 0): (2, 3),
    ("peis", 0): (2, 3),
    ("geis", 0): (2, 3),
    ("peis", SPECTRUM): (4, 5),
    ("geis", SPECTRUM): (4, 5),
}
"""Columns of potential and current by technique and process; None where there is none. Of spectra the means."""

_COLUMNS_OF_A_RECORD: Mapping[str, int] = {"ocv": 3, "peis": 4, "geis": 4}
_COLUMNS_MOSTLY = 5


def is_record(techniques: TechniqueList, index: int, process: int) -> bool:
    """Whether rows of this technique and process are records: spectra are not, nor what belongs to no step."""
    technique = techniques.techniques[index] if 0 <= index < len(techniques.techniques) else None
    return technique is not None and bool(technique.steps) and not technique.end_mark and process != SPECTRUM


def fewest_columns(techniques: TechniqueList) -> int:
    """Columns of the narrowest rows that this list can measure: a buffer holds most of those."""
    widths = (_COLUMNS_OF_A_RECORD.get(it.stem, _COLUMNS_MOSTLY) for it in techniques.techniques if not it.is_loop)
    return min(widths, default=_COLUMNS_OF_A_RECORD["ocv"])
