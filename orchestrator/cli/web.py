"""``cellbench web``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestrator.cli.options import lab_option, require_lab

__all__ = ["web"]


@click.command("web")
@lab_option
def web(lab_path: Path | None) -> None:
    """Run only the pages and the HTTP API, until Ctrl-C or SIGTERM; they touch no instrument."""
    lab = require_lab(lab_path)
    from orchestrator.cli.model_cells import VirtualCells
    from orchestrator.web.server import run_web

    sys.exit(run_web(lab, VirtualCells()))
