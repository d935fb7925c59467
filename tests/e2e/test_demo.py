"""The demo, one of its protocols alone: a command, its table, its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_impedance_at_stepped_temperatures_gives_the_energies_that_were_set(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "orchestrator.cli", "demo", "--dir", str(tmp_path), "--protocol"]
    demo = subprocess.run([*command, "impedance-temperature"], capture_output=True, text=True, timeout=280, check=False)
    assert (demo.returncode, demo.stderr) == (0, "")
    assert demo.stdout.startswith("SIMULATED: demo bench")
    rows = [line for line in demo.stdout.splitlines() if "kJ/mol" in line]
    assert [row.split("SiO@C-")[1].split()[0] for row in rows] == ["l", "m", "h"]
    assert [float(row.split()[-4]) for row in rows] == [12.06, 15.55, 24.53]
    assert (
        demo.stdout.splitlines()[-1]
        == "3 figures beside what the simulator was set to: none is further off than it may be"
    )
    assert (tmp_path / "1" / "report.html").stat().st_size > 10_000
