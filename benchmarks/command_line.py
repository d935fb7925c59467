"""How long a technician waits for ``cellbench --help``."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time


def measure() -> dict[str, dict[str, object]]:
    def once() -> float:
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "orchestrator.cli", "--help"], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began

    once()
    return {
        "cellbench_help": {
            "value": statistics.median(once() for _ in range(9)),
            "target": 0.25,
            "better": "lower",
            "unit": "s",
        }
    }
