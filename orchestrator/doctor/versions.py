"""What runs here, and what the lab file needs beside it."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from orchestrator.config import Lab
from orchestrator.doctor.finding import Finding, bad, ok

__all__ = ["check_versions"]

_PACKAGES = ("cellbench", "sqlalchemy", "pymodbus", "pyvisa")


def check_versions(lab: Lab) -> Iterator[Finding]:
    """Python, our packages, and EClib where an instrument needs it."""
    said = [f"Python {platform.python_version()}", *(f"{name} {_version(name) or 'missing'}" for name in _PACKAGES)]
    missing = [name for name in _PACKAGES if _version(name) is None]
    if missing:
        yield bad("versions", ", ".join(said), "install cellbench anew: its packages are not all there")
    else:
        yield ok("versions", ", ".join(said))
    for place in lab.instruments.values():
        if place.driver == "biologic":
            yield _eclib(place.name, str(place.options.get("library") or "easy-biologic"))


def _eclib(instrument: str, library: str) -> Finding:
    check = f"EClib of {instrument}"
    if library == "easy-biologic":
        found = _version("easy-biologic")
        if found is None:
            return bad(
                check, "easy-biologic is missing", "pip install 'cellbench[biologic]', or name EClib64.dll in `library`"
            )
        return ok(check, f"of easy-biologic {found}")
    if library.lower().endswith((".dll", ".so")):
        if not Path(library).is_file():
            return bad(check, f"there is no {library}", "correct `library` in the lab file")
        return ok(check, library)
    return ok(check, f"{library}, a virtual one")


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
