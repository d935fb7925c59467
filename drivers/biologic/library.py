"""Getting hold of BioLogic's libraries: a DLL, that of easy-biologic, or a stand-in by its import string."""

from __future__ import annotations

import ctypes
import importlib
import importlib.util
import os
import re
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any, Literal

from drivers.errors import Refused

__all__ = ["EASY_BIOLOGIC", "Library", "load_library"]

EASY_BIOLOGIC = "easy-biologic"
"""The default: the DLLs that come with the extra ``cellbench[biologic]``."""

_IMPORT_STRING = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")
_REMEDY = (
    "EClib is a Windows DLL: install `cellbench[biologic]` on Windows, or give this instrument a `library:`, "
    "the path of EClib64.dll"
)
_IS_64_BIT = ctypes.sizeof(ctypes.c_void_p) == 8
_SUFFIX = "64" if _IS_64_BIT else ""

Name = Literal["EClib", "blfind"]


@dataclass(frozen=True, slots=True)
class Library:
    """A loaded library and the folder of its technique files."""

    functions: Any
    """``functions["BL_Connect"]``; AttributeError for what it does not export."""
    folder: Path | None
    """Where ``.ecc`` files and kernels stand: beside the DLL. None: they are known by name alone."""


def load_library(library: str | None, name: Name) -> Library:
    """Load EClib or blfind. Raises Refused: one line that says what to do.

    ``library`` is an import string (``package.module:Name``, called with the DLL's file name), the path of EClib's DLL
    (blfind is looked for beside it), or ``easy-biologic``, which is also what None means.
    """
    file = f"{name}{_SUFFIX}.dll"
    if library is not None and _IMPORT_STRING.fullmatch(library):
        return Library(_stand_in(library)(file), None)
    if library in (None, EASY_BIOLOGIC):
        return _from_file(_folder_of_easy_biologic() / file)
    path = Path(str(library))
    return _from_file(path if name == "EClib" else path.parent / file)


def _stand_in(library: str) -> Any:
    module, _, attribute = library.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise Refused(f"library {library!r} cannot be imported: {error}") from error


def _folder_of_easy_biologic() -> Path:
    """Find its newest DLLs without importing it: its import loads them, and fails off Windows or with setuptools 82."""
    found = importlib.util.find_spec("easy_biologic")
    if found is None or found.origin is None:
        raise Refused(f"easy-biologic is not installed; {_REMEDY}")
    folders = sorted(Path(found.origin).parent.glob("techniques-*"), key=_version)
    if not folders:
        raise Refused(f"easy-biologic brings no DLL; {_REMEDY}")
    return folders[-1]


def _version(folder: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", folder.name))


def _from_file(path: Path) -> Library:
    load = getattr(ctypes, "WinDLL", None)  # __stdcall; the attribute does not exist off Windows
    if load is None:
        raise Refused(f"{PureWindowsPath(path).name} cannot be loaded here; {_REMEDY}")
    path = path.absolute()
    try:
        with os.add_dll_directory(str(path.parent)):  # type: ignore[attr-defined,unused-ignore]
            return Library(load(str(path)), path.parent)
    except OSError as error:
        raise Refused(f"{path} cannot be loaded: {error}; {_REMEDY}") from error
