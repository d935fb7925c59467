"""``cellbench node``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestrator.cli.options import lab_option, require_lab

__all__ = ["node"]


@click.command("node")
@lab_option
def node(lab_path: Path | None) -> None:
    """Run only the node, which drives the instruments, until SIGTERM."""
    lab = require_lab(lab_path)
    from orchestrator.engine.node import run_node

    sys.exit(run_node(lab))
