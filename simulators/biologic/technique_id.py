"""Identifiers of techniques in the data, and the files that load them."""

from __future__ import annotations

from enum import IntEnum

from simulators.biologic.error_code import EclibError, ErrorCode

__all__ = ["TechniqueId", "technique_of_file"]


class TechniqueId(IntEnum):
    """Techniques that this instrument executes."""

    NONE = 0
    OCV = 100
    CA = 101
    CP = 102
    CV = 103
    PEIS = 104
    GEIS = 107
    VSCAN = 124
    LOOP = 150
    TO = 151
    TI = 152
    TOS = 153
    CPLIMIT = 155
    CALIMIT = 157
    VSCANLIMIT = 158
    MP = 167


_SUFFIX = {1: "", 2: "4", 3: "5"}
"""By board type, before ``.ecc``."""

_EXECUTED = {technique.name.lower(): technique for technique in TechniqueId if technique}
_OTHERS = frozenset(
    [
        "iscan",
        "iscanlimit",
        "seisp",
        "seisg",
        "casg",
        "casp",
        "lasv",
        "dpv",
        "swv",
        "npv",
        "rnpv",
        "dnpv",
        "dpa",
        "evt",
        "lp",
        "gc",
        "cpp",
        "pdp",
        "psp",
        "zra",
        "ircmp",
        "pzir",
        "gzir",
        "sccx",
        "biovscan",
        "pow",
        "load",
    ]
)
"""What EClib has files for and this instrument does not execute."""


def technique_of_file(path: str, board_type: int) -> TechniqueId:
    """Tell a technique by the base name of its file, which need not exist; case does not matter, as on Windows.

    Raises EclibError: ECCFILENOTEXISTS for a name that EClib has no file for, INCOMPATIBLEECC for one of another
    board type, LOADTECHNIQUEFAILED for a technique that is not emulated.
    """
    name = path.replace("\\", "/").rpartition("/")[2].lower()
    stem = name.removesuffix(".ecc")
    suffix = next((end for end in ("4", "5") if stem.endswith(end)), "")
    technique = stem.removesuffix(suffix)
    if stem == name or (technique not in _EXECUTED and technique not in _OTHERS):
        raise EclibError(ErrorCode.ECCFILENOTEXISTS, f"no file {name!r:.80}")
    if suffix != _SUFFIX[board_type]:
        raise EclibError(ErrorCode.INCOMPATIBLEECC, f"{name} is not for boards of type {board_type}")
    if technique not in _EXECUTED:
        raise EclibError(ErrorCode.LOADTECHNIQUEFAILED, f"the virtual VSP-300 does not execute {technique}")
    return _EXECUTED[technique]
