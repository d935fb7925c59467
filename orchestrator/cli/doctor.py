"""``cellbench doctor``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from orchestrator.cli.options import lab_option, require_lab
from orchestrator.cli.table import print_table

__all__ = ["doctor"]


@click.command("doctor")
@lab_option
@click.option("--instruments", is_flag=True, help="Also connect to instruments, where no node drives them.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def doctor(lab_path: Path | None, instruments: bool, as_json: bool) -> None:
    """Look for whatever is wrong, and say what to do: 0 all is well, 1 warnings, 2 something is bad."""
    lab = require_lab(lab_path)
    from orchestrator.doctor.examine import examine
    from orchestrator.doctor.report import exit_code, to_json

    findings = examine(lab, connect=instruments)
    if as_json:
        click.echo(to_json(findings))
    else:
        rows = [(one.level, one.check, one.said) for one in findings]
        print_table(("LEVEL", "CHECK", "FOUND"), rows, "nothing was looked at")
        for one in findings:
            if one.remedy:
                click.echo(f"{one.check}: {one.remedy}")
    sys.exit(exit_code(findings))
