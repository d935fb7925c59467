"""The drawing process: a pickled job on its standard input, a pickled answer on its standard output.

Both come from and go to the ``cellbench web`` that started it, by pipes that nobody else has; so a database's password
stands in no list of processes.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestrator.store.database import open_database
from orchestrator.web.drawing.job import DrawingJob, Picture
from orchestrator.web.drawing.stored_runs import StoredRuns
from orchestrator.web.service import Service

if TYPE_CHECKING:
    from orchestrator.report.measured_run import MeasuredRun

__all__ = ["carry_out"]

_NICENESS = 5
"""Tests and pages go before pictures."""


def carry_out(job: DrawingJob) -> str | list[Picture]:
    """The report's HTML, or every figure for which the runs have results."""
    from orchestrator.report.collect import collect_runs  # noqa: PLC0415 - what draws is loaded here alone
    from orchestrator.report.profiles import DEFAULT_CYCLES  # noqa: PLC0415
    from orchestrator.report.report import ReportHead, render_report  # noqa: PLC0415

    service = Service(job.lab, open_database(job.lab.database_url, read_only=True))
    try:
        collected = collect_runs(StoredRuns(service), job.run_ids, DEFAULT_CYCLES)
        if job.what == "figures":
            return _pictures(collected.runs, job.language)
        head = ReportHead(job.title, job.lab.name, job.lab.simulated, job.now_unix_s, job.language)
        return render_report(head, collected)
    finally:
        service.database.dispose()


def _pictures(runs: Sequence[MeasuredRun], language: str) -> list[Picture]:
    import matplotlib as mpl  # noqa: PLC0415

    from orchestrator.report.figure_list import figures_of  # noqa: PLC0415
    from orchestrator.report.figures.style import style_of  # noqa: PLC0415
    from orchestrator.report.svg import standalone_svg  # noqa: PLC0415
    from orchestrator.report.wording import Wording  # noqa: PLC0415

    with mpl.rc_context(style_of(language)):
        drawn = figures_of(runs, Wording(language))
        return [Picture(one.key, one.title, one.caption, standalone_svg(one.draw())) for one in drawn]


def _main() -> None:
    answers, sys.stdout = sys.stdout.buffer, sys.stderr  # nothing that a library prints gets among the answer
    if hasattr(os, "nice"):
        os.nice(_NICENESS)
    job = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
    pickle.dump(carry_out(job), answers)
    answers.flush()


if __name__ == "__main__":
    _main()
