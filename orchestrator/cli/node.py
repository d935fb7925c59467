"""``cellbench node``."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from orchestrator.cli.options import lab_option, require_lab

__all__ = ["node"]


@click.command("node")
@lab_option
@click.option("--name", default="", help="Which node this is, where the instruments of the lab file name theirs.")
def node(lab_path: Path | None, name: str) -> None:
    """Run only the node, which drives the instruments, until Ctrl-C or SIGTERM. Running tests go on without it.

    Where the instruments of the lab file name a `node`, each node drives its own: start one for each name.
    """
    lab = require_lab(lab_path)
    if name not in (lab.nodes or ("",)):
        known = ", ".join(lab.nodes)
        remedy = f"say which node this is with --name: {known}" if known else "its instruments name no `node`"
        raise click.UsageError(f"{lab.path.name}: {remedy}")
    from orchestrator.engine.node import run_node

    sys.exit(run_node(replace(lab, node=name)))
