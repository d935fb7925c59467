"""``python -m simulators.lab FILE`` serves a virtual lab."""

from __future__ import annotations

import sys
from pathlib import Path

from simulators.lab.lab_file import LabFileError
from simulators.lab.process import run_lab


def _main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m simulators.lab FILE\n")
        return 2
    try:
        run_lab(Path(arguments[0]))
    except (LabFileError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
