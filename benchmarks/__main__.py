"""``make bench NAMES="…"``: run the measurements, print them, write ``build/bench.json``.

A module here with a function ``measure() -> dict[str, Figure]`` is a benchmark; each figure is
``{"value": …, "target": …, "better": "higher" | "lower", "unit": …}``. One with ``ON_DEMAND = True`` must be named.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from pathlib import Path

import benchmarks

BUILD = Path(__file__).parents[1] / "build"


def main(wanted: list[str]) -> int:
    """Measure everything, or what is named. Returns 1 when a target was missed."""
    names = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__")
    file = BUILD / "bench.json"
    figures = json.loads(file.read_text()) if wanted and file.exists() else {}
    for name in (name for name in names if not wanted or name in wanted):  # what others need may not be installed
        module = importlib.import_module(f"benchmarks.{name}")
        if hasattr(module, "measure") and (wanted or not getattr(module, "ON_DEMAND", False)):
            print(f"{name} …", flush=True)
            measured = module.measure()
            figures.update(measured)
            for key, figure in measured.items():
                print(f"  {key:48} {_text(figure)}", flush=True)
    BUILD.mkdir(exist_ok=True)
    file.write_text(json.dumps(figures, indent=2) + "\n")
    missed = [key for key, figure in figures.items() if not _met(figure)]
    print(f"written: {file.relative_to(BUILD.parent)}" + (f"; missed: {', '.join(missed)}" if missed else "; all met"))
    return 1 if missed else 0


def _met(figure: dict[str, object]) -> bool:
    value, target = float(str(figure["value"])), float(str(figure["target"]))
    return value >= target if figure["better"] == "higher" else value <= target


def _text(figure: dict[str, object]) -> str:
    sign = ">=" if figure["better"] == "higher" else "<="
    verdict = "" if _met(figure) else "   MISSED"
    return f"{float(str(figure['value'])):10.3f} {figure['unit']} (target {sign} {figure['target']}){verdict}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
