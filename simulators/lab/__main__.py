"""``python -m simulators.lab FILE [--faults FAULTS]`` serves a virtual lab."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from simulators.faults.fault_file import FaultFileError
from simulators.lab.lab_file import LabFileError
from simulators.lab.process import run_lab


def _main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m simulators.lab", description="Serve a virtual lab.")
    parser.add_argument("file", type=Path, metavar="FILE", help="the lab")
    parser.add_argument("--faults", type=Path, metavar="FAULTS", help="what shall go wrong in it")
    given = parser.parse_args(arguments)
    try:
        run_lab(given.file, given.faults)
    except (LabFileError, FaultFileError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1:]))
