"""``cellbench show``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import open_client, service_options
from orchestrator.cli.run_line import cycle_text, left_text, run_line
from orchestrator.cli.table import table_lines
from orchestrator.cli.wording import NOTHING, duration, moment, quantity

if TYPE_CHECKING:
    from orchestrator.web.models.log import EventAnswer
    from orchestrator.web.models.records import CycleAnswer
    from orchestrator.web.models.run import RunDetail
    from orchestrator.web.models.spectra import SpectrumAnswer

__all__ = ["show"]

_CYCLES_MAX = 12
_EVENTS_MAX = 15
_SPECTRA_MAX = 8


@click.command("show")
@click.argument("run", type=click.IntRange(min=1))
@click.option("--cycles", "every_cycle", is_flag=True, help=f"All cycles, not only the last {_CYCLES_MAX}.")
@service_options
def show(run: int, every_cycle: bool, lab_path: Path | None, url: str | None) -> None:
    """Show one run: plan with its present step, cycles, events and analyses."""
    with open_client(lab_path, url) as client:
        detail = client.run(run)
        cycles = client.cycles(run)
        offset = max(0, detail.spectra - _SPECTRA_MAX)
        spectra = client.spectra(run, limit=_SPECTRA_MAX, offset=offset).items if detail.spectra else []
        events = client.events(run, limit=_EVENTS_MAX)
        analyses = client.analyses(run)
    click.echo(run_line(detail))
    _echo(_facts(detail))
    _section("plan", _plan_lines(detail))
    shown = cycles if every_cycle else cycles[-_CYCLES_MAX:]
    _section(f"cycles ({len(shown)} of {len(cycles)})", _cycle_lines(shown))
    _section(_spectra_title(detail.spectra, len(spectra)), [_spectrum_line(one) for one in spectra])
    _section("events", [_event_line(event) for event in events])
    _section("analyses", [f"{one.name}: {one.state}" + (f", {one.error}" if one.error else "") for one in analyses])


def _facts(run: RunDetail) -> list[str]:
    lines = [f"launched {moment(run.created_unix_s)} by {run.created_by}, started {moment(run.started_unix_s)}"]
    if run.finished_unix_s is not None:
        lines[0] += f", ended {moment(run.finished_unix_s)}"
    else:
        so_far = "not started" if run.started_unix_s is None else f"{duration(run.progress.elapsed_s)} so far"
        parts = (cycle_text(run), so_far, left_text(run) or "end unknown")
        lines.append(", ".join(part for part in parts if part))
    if run.parameters:
        lines.append("parameters: " + ", ".join(f"{key} = {value}" for key, value in run.parameters.items()))
    records = sum(segment.records for segment in run.segments)
    lines.append(f"{records} records stored" + "".join(f", {one.tag} {one.outcome or ''}" for one in run.segments))
    return lines


def _plan_lines(run: RunDetail) -> list[str]:
    """The plan in words; the line of the protocol file that is being carried out has an arrow."""
    here = f"line {run.progress.line}" if run.progress.line is not None and not run.ended else None
    return [("→ " if here and _names(line, here) else "  ") + line for line in run.description]


def _names(line: str, here: str) -> bool:
    position = line.find(here)
    return position >= 0 and not line[position + len(here) :][:1].isdigit()


def _cycle_lines(cycles: Sequence[CycleAnswer]) -> list[str]:
    rows = [
        (
            str(one.cycle),
            one.label or NOTHING,
            quantity(one.discharge_capacity_Ah, "Ah"),
            quantity(one.charge_capacity_Ah, "Ah"),
            _efficiency(one),
            ("" if one.complete else "under way") + (" gap" if one.gap else ""),
        )
        for one in cycles
    ]
    return table_lines(("cycle", "label", "discharge", "charge", "charge/discharge", ""), rows) if rows else []


def _efficiency(one: CycleAnswer) -> str:
    if not one.complete or one.gap or one.discharge_capacity_Ah <= 0:
        return NOTHING
    return f"{100 * one.charge_capacity_Ah / one.discharge_capacity_Ah:.2f} %"


def _spectra_title(total: int, shown: int) -> str:
    return f"impedance spectra ({shown} of {total})"


def _spectrum_line(one: SpectrumAnswer) -> str:
    most, least = (quantity(frequency_Hz, "Hz", 6) for frequency_Hz in (one.frequency_max_Hz, one.frequency_min_Hz))
    parts = [
        f"{one.spectrum}",
        f"cycle {one.cycle}",
        f"{one.points} points from {most} to {least}",
        f"at {quantity(one.voltage_V, 'V')}",
        "" if one.temperature_degC is None else f"{one.temperature_degC:.1f} degC",
        moment(one.started_unix_s),
        one.label or "",
    ]
    return "  ".join(part for part in parts if part)


def _event_line(event: EventAnswer) -> str:
    return f"{moment(event.unix_time_s)}  {event.actor}  {event.message}"


def _section(title: str, lines: Sequence[str]) -> None:
    if lines:
        click.echo(f"\n{title}")
        _echo(lines)


def _echo(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(f"  {line}")
