"""A share that keeps another file than it was given: the NEWARE's step folder as a node finds it.

No fault of the wire can cause that, so the node's own process is given a file system that does.
"""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["environment_with"]

_SHARE = '''\
"""Loaded by Python as it starts: a step file that lies where it should holds another upper limit of the voltage."""

import pathlib
import re

_replace = pathlib.Path.replace


def _keeps_another(part, target):
    path = _replace(part, target)
    if path.suffix == ".xml":
        path.write_bytes(re.sub(rb'(<Volt>\\s*<Upper Value=")[0-9.]+', rb"\\g<1>99999", path.read_bytes(), count=1))
    return path


pathlib.Path.replace = _keeps_another
'''


def environment_with(folder: Path) -> dict[str, str]:
    """Variables of a node whose step files are kept with another limit; ``folder`` is new, and anywhere."""
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(_SHARE, encoding="utf-8")
    others = os.environ.get("PYTHONPATH")
    return {"PYTHONPATH": os.pathsep.join([str(folder), *([others] if others else [])])}
