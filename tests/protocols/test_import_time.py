from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]


def _loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_package_and_its_plain_types_load_nothing_heavy() -> None:
    heavy = {"pint", "pydantic", "yaml", "numpy"}
    assert not heavy & _loaded_by(
        "import protocols, protocols.plan, protocols.program, protocols.storage, protocols.describe"
    )


def test_pint_waits_for_the_first_unit() -> None:
    assert "pint" not in _loaded_by("import protocols.reading, protocols.compile, protocols.json_schema")
