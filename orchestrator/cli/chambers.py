"""``cellbench chambers``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import open_client, service_options
from orchestrator.cli.table import print_table
from orchestrator.cli.wording import NOTHING, duration

if TYPE_CHECKING:
    from orchestrator.web.models.chamber import ChamberAnswer

__all__ = ["chambers"]


@click.command("chambers")
@service_options
def chambers(lab_path: Path | None, url: str | None) -> None:
    """Show every chamber: its temperature, who holds it and waits for what, and how old the look is (lab time)."""
    with open_client(lab_path, url) as client:
        seen = client.chambers()
    header = ("chamber", "state", "is at", "set to", "held by", "waits for", "seen")
    print_table(header, [_row(one) for one in seen], "no chambers: the lab file names none")


def _row(one: ChamberAnswer) -> tuple[str, ...]:
    trouble = "; ".join([*one.alarms, *([one.last_error] if one.last_error else [])])
    return (
        one.name,
        f"{one.state} ({trouble})" if trouble else one.state,
        _degC(one.process_degC),
        _degC(one.set_point_degC),
        one.holder or (f"shared by run {', '.join(map(str, one.runs))}" if one.runs else "nobody"),
        one.waiting_for or NOTHING,
        NOTHING if one.age_s is None else f"{duration(one.age_s)} ago",
    )


def _degC(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f} °C"
