"""What docs/reference takes from the code: ``python -m tests.docs.generated`` writes it, a test compares it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.config import read_lab
from orchestrator.web.application import create_app
from protocols.json_schema import protocol_json_schema

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
_LAB = """
lab: any
instruments: {bts-1: {driver: neware, address: '192.0.2.10:502'}}
limits: {voltage: [-0.5 V, 5 V], current: 100 mA}
"""


def openapi() -> Mapping[str, object]:
    """The API of any lab; nothing is served and no database is made."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "lab.yaml"
        path.write_text(_LAB, encoding="utf-8")
        app = create_app(read_lab(path))
        app.state.service.database.dispose()
    return app.openapi()


def generated() -> dict[str, str]:
    """File name and text, as ``cellbench schema`` and ``/api/v1/openapi.json`` give them."""
    texts = {"protocol.schema.json": protocol_json_schema(), "openapi.json": openapi()}
    return {name: json.dumps(text, indent=2, ensure_ascii=False) + "\n" for name, text in texts.items()}


if __name__ == "__main__":
    for name, text in generated().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")
