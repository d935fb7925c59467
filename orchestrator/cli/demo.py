"""``cellbench demo``: the main job on a virtual lab, with the same node, wires and database as on a bench."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import click

from orchestrator.cli.refusal import CommandRefused

if TYPE_CHECKING:
    from orchestrator.cli.demo_jobs import Job
    from orchestrator.client import Client
    from orchestrator.config import Lab
    from orchestrator.web.models.run import LaunchRequest

__all__ = ["demo"]

_UP_WITHIN_S = 60.0


@click.command("demo")
@click.option(
    *("--dir", "folder"),
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo"),
    show_default=True,
    help="Where its files go, in a new numbered folder each time.",
)
@click.option(
    "--protocol",
    "protocols",
    multiple=True,
    help="Only this protocol; may be repeated. Without `formation` the figures differ.",
)
@click.option("--keep", is_flag=True, help="Leave the service running at the end, until Enter.")
def demo(folder: Path, protocols: Sequence[str], keep: bool) -> None:
    """Measure the study of Zhang et al. 2024 on virtual cells, and print it beside the paper's figures.

    27 cells, nine of each of three materials, after formation. In a NEWARE cycler: nine for 500 cycles at 2C, nine
    for a rate ladder and a fast charge. In two VSP-300 and a chamber: nine for a titration, voltammetry at several scan
    rates, and impedance at stepped temperatures.

    All is as in a real lab but for the instruments, the poll intervals (eight hours of lab time instead of seconds,
    since the virtual lab's clock jumps from one poll to the next) and a few parameters of the protocols: cycling,
    titration and voltammetry record less often, cycling goes on with a worn cell, and cells soak for half an hour. The
    exit code is 1 where a figure is further from what was set in the simulator than it may be.
    """
    from orchestrator.cli.demo_jobs import chosen_jobs
    from orchestrator.cli.demo_lab import POLL
    from orchestrator.cli.demo_study import finish_study

    jobs = chosen_jobs(protocols)
    place = _fresh(folder)
    with ExitStack() as stack:
        lab = stack.enter_context(_virtual_lab(place))
        client = stack.enter_context(_service(lab))
        click.echo(f"SIMULATED: {lab.name}, cyclers polled every {POLL} of lab time; API at {lab.web.url}/api/v1")
        began = time.monotonic()
        runs = _launch(client, jobs)
        Thread(target=_load_report, daemon=True).start()
        _follow(client)
        wrong = finish_study(client, lab, runs, began)
        if keep:
            click.prompt("the service runs on; press Enter to end it", default="", show_default=False)
        if wrong:
            raise CommandRefused(wrong)


def _fresh(folder: Path) -> Path:
    """A folder of its own for every demo; earlier ones are left alone."""
    number = 1
    while (place := folder / str(number)).exists():
        number += 1
    place.mkdir(parents=True)
    return place.absolute()


@contextmanager
def _virtual_lab(place: Path) -> Iterator[Lab]:
    from orchestrator.cli.demo_lab import write_lab_file, write_virtual_lab_file
    from orchestrator.config import read_lab
    from simulators.lab.process import spawn_lab

    with spawn_lab(write_virtual_lab_file(place)) as process:
        path = write_lab_file(place, process.control_port, process.ports, _free_port())
        yield read_lab(path)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _service(lab: Lab) -> Iterator[Client]:
    """``cellbench serve`` in a process of its own, as on a bench, and a client of it."""
    from orchestrator.client import Client

    log = lab.path.parent / "service.log"
    command = [sys.executable, "-m", "orchestrator.cli", "serve", "--lab", str(lab.path)]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:  # noqa: S603
        try:
            with Client(lab.web.url) as client:
                _wait_until_up(client, process, log)
                yield client
        finally:
            process.terminate()


def _wait_until_up(client: Client, process: subprocess.Popen[bytes], log: Path) -> None:
    from orchestrator.client import ServiceUnreachable

    deadline = time.monotonic() + _UP_WITHIN_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            channels = client.channels()
        except ServiceUnreachable:
            channels = []
        if channels and not any(channel.stale for channel in channels):
            return
        time.sleep(0.1)
    raise CommandRefused(f"the service did not come up; its log is {log}")


def _launch(client: Client, jobs: Sequence[Job]) -> dict[int, Job]:
    """Add the cells, then queue every job: on a channel each starts when the one before it has completed.

    Returns the job of every run.
    """
    from orchestrator.web.models.cell import NewCell

    for cell in dict.fromkeys(cell for job in jobs for cell in job.cells):
        client.add_cell(
            NewCell(
                id=cell.id,
                active_mass_g=cell.active_mass_g,
                area_cm2=cell.area_cm2,
                nominal_capacity_Ah=cell.nominal_capacity_Ah,
                window_min_V=0.01,
                window_max_V=1.5,
                material=cell.material,
                metadata={"alkali_solubility_pct": f"{cell.alkali_solubility_pct:g}"},
                actor="demo",
            )
        )
    runs: dict[int, Job] = {}
    for job in jobs:
        answer = client.launch(_request(job))
        runs |= {run.run_id: job for run in answer.runs}
        more = f", and {len(answer.runs) - 1} more" if len(answer.runs) > 1 else ""
        click.echo(f"{job.protocol}: {answer.runs[0].message}{more}")
    return runs


def _load_report() -> None:
    """Load what the end needs while there is nothing to do but wait."""
    import orchestrator.cli.simulated_truth
    import orchestrator.report.report

    orchestrator.cli.simulated_truth.simulated_truth()


def _request(job: Job) -> LaunchRequest:
    from orchestrator.web.models.run import LaunchRequest, Placement

    placements = [Placement(cell=cell.id, bench=cell.bench) for cell in job.cells]
    return LaunchRequest(protocol=job.protocol, parameters=dict(job.parameters), placements=placements, actor="demo")


def _follow(client: Client) -> None:
    from orchestrator.cli.demo_progress import follow_to_the_end

    failed = [
        f"run {run.id} {run.state}: {run.reason or 'no reason known'}"
        for run in follow_to_the_end(client)
        if run.state != "completed"
    ]
    if failed:
        raise CommandRefused(failed)
