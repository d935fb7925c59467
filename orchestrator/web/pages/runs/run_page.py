"""Everything that the page of a run shows at first; a script keeps it true."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Connection, func, select

from orchestrator.analysis.registry import known_analyses
from orchestrator.launch.latched_trip import latched_for_run
from orchestrator.launch.plan_text import PlanLine, numbered_plan_lines
from orchestrator.store.spectra import count_spectra
from orchestrator.store.tables import cells, cycles, segments
from orchestrator.store.voltammograms import has_sweeps
from orchestrator.web.models.run import RunAnswer, SegmentAnswer
from orchestrator.web.pages.readings import duration, quantity
from orchestrator.web.possible_orders import possible_orders, resume_verb
from orchestrator.web.run_rows import read_run
from orchestrator.web.run_view import run_answer
from orchestrator.web.service import Service

__all__ = ["EXPORTS", "RunPage", "run_page"]

N_ = str
EXPORTS = (
    ("csv", N_("CSV (Battery Data Format)")),
    ("parquet", N_("Parquet (Battery Data Format)")),
    ("spectra", N_("impedance spectra, CSV")),
    ("mpt", N_("EC-Lab text (mpt)")),
)


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run."""

    run: RunAnswer
    readings: dict[str, str]
    """Voltage, current, temperature, elapsed and left, as text."""
    orders: dict[str, str]
    """Why each is not possible; empty where it is."""
    resume_verb: str
    parameters: dict[str, str]
    plan: list[PlanLine]
    segments: list[SegmentAnswer]
    active_mass_g: float | None
    cycles: int
    spectra: int
    sweeps: bool
    """Whether a program of it sweeps the voltage."""
    analyses: tuple[str, ...]
    """Names of all that can be asked for."""

    def is_present(self, line: PlanLine) -> bool:
        """Whether the run stands at this line of its plan."""
        at = self.run.progress
        return not self.run.ended and line.line is not None and (line.item, line.line) == (at.item, at.line)

    @property
    def place(self) -> str:
        """Where the cell sits."""
        channel = f"{self.run.instrument}/{self.run.channel}"
        return f"{self.run.bench} ({channel})" if self.run.bench else channel


def run_page(service: Service, connection: Connection, run_id: int) -> RunPage:
    """Raises NotFound."""
    rows = read_run(connection, run_id)
    run = run_answer(service.lab, service.plans, rows, service.now_unix_s(connection))
    plan = service.plans.of(run_id, rows.run.plan).plan
    tripped = not run.ended and latched_for_run(connection, service.lab, run_id) is not None
    return RunPage(
        run=run,
        readings=_readings(run),
        orders=possible_orders(run, tripped=tripped),
        resume_verb=resume_verb(run),
        parameters=dict(plan.parameters),
        plan=numbered_plan_lines(plan),
        segments=_segments(connection, run_id),
        active_mass_g=connection.execute(select(cells.c.active_mass_g).where(cells.c.id == run.cell)).scalar(),
        cycles=connection.execute(select(func.count()).where(cycles.c.run_id == run_id)).scalar_one(),
        spectra=count_spectra(connection, run_id),
        sweeps=has_sweeps(connection, run_id),
        analyses=_installed_analyses(),
    )


@cache
def _installed_analyses() -> tuple[str, ...]:
    """Asking every installed distribution takes longer than the rest of the page; none comes while the process runs."""
    return known_analyses()


def _readings(run: RunAnswer) -> dict[str, str]:
    at = run.progress
    return {
        "voltage": quantity(at.voltage_V, "V"),
        "current": quantity(at.current_A, "A"),
        "temperature": "–" if at.temperature_degC is None else f"{at.temperature_degC:.1f} °C".replace("-", "−"),
        "elapsed": duration(at.elapsed_s),
        "left": duration(at.time_left_s),
    }


def _segments(connection: Connection, run_id: int) -> list[SegmentAnswer]:
    columns = [segments.c[name] for name in SegmentAnswer.model_fields]
    query = select(*columns).where(segments.c.run_id == run_id).order_by(segments.c.number, segments.c.attempt)
    return [SegmentAnswer(**row._asdict()) for row in connection.execute(query)]
