"""``cellbench report``."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import click

from orchestrator.cli.options import find_lab, open_client, service_options
from orchestrator.cli.output_file import OutputFile
from orchestrator.cli.refusal import CommandRefused
from orchestrator.web.pages.language import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.client import Client
    from orchestrator.report.comparison import Truth
    from orchestrator.report.measured_run import MeasuredRun

__all__ = ["report", "write_report"]

_PAGE = 200


class _Cycles(click.ParamType["tuple[int | str, ...]"]):
    name = "cycles"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int | str, ...]:
        """Read ``1,2,last``; usage error with the remedy where it is something else."""
        words = [word.strip() for word in str(value).split(",")]
        strange = [word for word in words if word not in ("middle", "last") and not word.isdecimal()]
        if strange:
            self.fail(f"{strange[0]!r} is no cycle; write numbers, middle or last, as 1,2,last", param, ctx)
        return tuple(int(word) if word.isdecimal() else word for word in words)


@click.command("report")
@click.argument("runs", metavar="[RUN]...", type=click.IntRange(min=1), nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every run that has ended.")
@click.option("--cell", "cells", multiple=True, help="Every run of this cell that has ended; as often as needed.")
@click.option("--campaign", type=click.IntRange(min=1), help="Every run that this campaign has launched.")
@click.option(
    *("-o", "--output"),
    type=OutputFile(),
    help="The file.  [default: report-run-17.html, named after its runs]",
)
@click.option(
    "--cycles",
    type=_Cycles(),
    default="1,2,middle,last",
    show_default=True,
    help="Whose voltage over capacity is shown.",
)
@click.option("--title", help="What stands above it.")
@click.option(
    "--language", type=click.Choice(list(LANGUAGES)), default="en", show_default=True, help="In which it is written."
)
@service_options
def report(
    runs: tuple[int, ...],
    every: bool,
    cells: tuple[str, ...],
    campaign: int | None,
    output: Path | None,
    cycles: tuple[int | str, ...],
    title: str | None,
    language: str,
    lab_path: Path | None,
    url: str | None,
) -> None:
    """Write one HTML file about runs: figures, values, and where they come from. It can be printed, and sent by mail.

    Runs of the materials of Zhang et al. 2024 are set beside the paper's values and, where the lab is virtual, beside
    what its simulator was set to.
    """
    if not (runs or every or cells or campaign):
        raise click.UsageError("name runs, a --cell, a --campaign, or --all")
    with open_client(lab_path, url) as client:
        if campaign is not None:
            detail = client.campaign(campaign)
            runs, title = (*runs, *detail.run_ids), title or _campaign_title(campaign, detail.name, language)
            if not runs:
                raise CommandRefused(f"campaign {campaign} has launched no run yet: {detail.reason or detail.state}")
        chosen = _chosen(client, runs, every, cells)
        target = output or Path(_file_name(chosen, every, cells, campaign))
        truth = _truth(lab_path)
        write_report(client, chosen, target, cycles=cycles, title=title, language=language, truth=truth)
    click.echo(str(target))


def write_report(
    client: Client,
    runs: Sequence[int],
    target: Path,
    *,
    cycles: Sequence[int | str] | None = None,
    title: str | None = None,
    language: str = "en",
    truth: Truth | None = None,
) -> tuple[MeasuredRun, ...]:
    """Ask for the runs and write the file, which appears only when it is whole; returns what was asked for.

    Raises ClientError, OSError.
    """
    from orchestrator.export.atomic_file import atomic_file
    from orchestrator.report.collect import collect_runs
    from orchestrator.report.profiles import DEFAULT_CYCLES

    health = client.health()
    with ThreadPoolExecutor(1, thread_name_prefix="collect") as collector:
        collecting = collector.submit(collect_runs, client, runs, cycles or DEFAULT_CYCLES)
        # what draws takes a second to load: the service answers meanwhile
        from orchestrator.report.report import ReportHead, render_report
        from orchestrator.report.wording import Wording

        measured = collecting.result()
    head = ReportHead(title or Wording(language).title(runs), health.lab, health.simulated, health.now_unix_s, language)
    text = render_report(head, measured, truth if health.simulated else None)
    with atomic_file(target) as file:
        file.write(text.encode("utf-8"))
    return measured.runs


def _chosen(client: Client, runs: Sequence[int], every: bool, cells: Sequence[str]) -> list[int]:
    """Those that are named, then those that are found, each once, oldest first."""
    found = set(runs)
    for cell in cells:
        client.cell(cell)  # a cell that nobody knows is refused here, and not found to have no run
        found.update(_ended(client, cell))
    if every:
        found.update(_ended(client, None))
    if not found:
        whose = f" of {', '.join(cells)}" if cells else ""
        raise CommandRefused(f"no run{whose} has ended yet; `cellbench ls` lists them, and any can be named by number")
    return sorted(found)


def _ended(client: Client, cell: str | None) -> list[int]:
    runs: list[int] = []
    while True:
        page = client.runs(cell=cell, active=False, limit=_PAGE, offset=len(runs))
        runs += [run.id for run in page.items]
        if len(runs) >= page.total or not page.items:
            return runs


def _file_name(runs: Sequence[int], every: bool, cells: Sequence[str], campaign: int | None) -> str:
    if every:
        return "report.html"
    if campaign is not None:
        return f"report-campaign-{campaign}.html"
    if cells:
        safe = ("".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in cell) for cell in cells)
        return f"report-cell-{'-'.join(safe)}.html"
    return f"report-run-{runs[0]}.html" if len(runs) == 1 else f"report-runs-{runs[0]}-{runs[-1]}.html"


def _campaign_title(campaign_id: int, name: str, language: str) -> str:
    from orchestrator.report.wording import Wording

    return Wording(language).campaign_title(campaign_id, name)


def _truth(lab_path: Path | None) -> Truth | None:
    """What a virtual lab's materials were set to; nothing of the kind is known of a real one."""
    lab = find_lab(lab_path)
    if lab is None or not lab.simulated:
        return None
    from orchestrator.cli.simulated_truth import simulated_truth

    return simulated_truth()
