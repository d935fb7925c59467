"""A campaign is handed in: everything that would be refused later is refused now, and nothing has begun."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Connection, select

from drivers.contracts import Cycler
from drivers.errors import DriverError
from orchestrator.campaigns.check_protocol import protocol_of
from orchestrator.campaigns.definition import Campaign, Expected, Step, dump_campaign
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.launch import LaunchRefused
from orchestrator.launch.able_channels import AbleChannels
from orchestrator.launch.known_cell import known_cell
from orchestrator.launch.occupancy import refuse_absent_channel
from orchestrator.launch.prepared import prepare
from orchestrator.launch.target import find_target
from orchestrator.store.campaign_tables import campaign_jobs, campaigns
from orchestrator.store.campaigns import ENDED, insert_campaign
from protocols.compile import compile_protocol
from protocols.errors import ProtocolErrors
from protocols.plan import Plan, SetTemperature

__all__ = ["hand_in", "meet_cells"]


def hand_in(
    connection: Connection,
    lab: Lab,
    cycler_for: Callable[[InstrumentPlace], Cycler],
    campaign: Campaign,
    source: str,
    now_unix_s: float,
    actor: str,
) -> int:
    """Store a campaign that waits for its time; the caller commits. Raises LaunchRefused with everything."""
    met = meet_cells(connection, lab, cycler_for, campaign, now_unix_s)
    definition = dump_campaign(met)
    return insert_campaign(
        connection, name=campaign.name, source=source, definition=definition, actor=actor, now=now_unix_s
    )


def meet_cells(
    connection: Connection,
    lab: Lab,
    cycler_for: Callable[[InstrumentPlace], Cycler],
    campaign: Campaign,
    now_unix_s: float,
) -> Campaign:
    """The campaign with what each step is expected to take; nothing is stored. Raises LaunchRefused with everything."""
    problems = [*_begun_elsewhere(connection, campaign), *_too_late(campaign, now_unix_s)]
    expected: dict[str, dict[str, Expected]] = {}
    for step in campaign.steps:
        if step.protocol is None:
            continue
        plans, found = _plans(connection, step)
        problems += found or _unfit(connection, lab, cycler_for, campaign, step, plans)
        expected[step.name] = {cell: _expected(plan) for cell, plan in plans.items()}
    if problems:
        raise LaunchRefused(dict.fromkeys(problems))
    return replace(campaign, expected=expected)


def _begun_elsewhere(connection: Connection, campaign: Campaign) -> Iterator[str]:
    """Cells that a campaign has which has not ended: they would be in two places."""
    query = select(campaigns.c.id, campaigns.c.name, campaigns.c.definition).where(campaigns.c.state.not_in(ENDED))
    for row in connection.execute(query):
        left = select(campaign_jobs.c.cell_id).where(
            campaign_jobs.c.campaign_id == row.id, campaign_jobs.c.state.in_(("waiting", "asking", "running"))
        )
        busy = set(connection.scalars(left)) or set(row.definition.get("cells", ()))
        for cell in (cell for cell in campaign.cells if cell in busy):
            remedy = f"wait for it, or `cellbench campaign stop {row.id}`"
            yield f"cell {cell} goes through campaign {row.id} ({row.name}), which has not ended; {remedy}"


def _too_late(campaign: Campaign, now_unix_s: float) -> Iterator[str]:
    timing = campaign.timing
    if timing is not None and timing.start_unix_s is not None and timing.start_unix_s < now_unix_s - timing.grace_s:
        yield f"campaign {campaign.name}: start lies in the past; write a time to come, or leave it out"


def _plans(connection: Connection, step: Step) -> tuple[dict[str, Plan], list[str]]:
    """A plan for every cell of a step, and what is wrong with those that have none."""
    plans: dict[str, Plan] = {}
    problems: list[str] = []
    for cell_id in step.cells:
        try:
            cell = known_cell(connection, cell_id)
            plans[cell_id] = compile_protocol(protocol_of(step), cell, step.parameters)
        except LaunchRefused as error:
            problems += error.problems
        except ProtocolErrors as errors:
            problems += [f"step {step.name}, cell {cell_id}: {error}" for error in errors.errors]
    return plans, problems


def _unfit(
    connection: Connection,
    lab: Lab,
    cycler_for: Callable[[InstrumentPlace], Cycler],
    campaign: Campaign,
    step: Step,
    plans: Mapping[str, Plan],
) -> list[str]:
    """What a bench would refuse of its plans; where a cell may be on any of several, the first of each instrument."""
    problems: list[str] = []
    able = AbleChannels(lab, cycler_for, connection)
    for cell_id, plan in plans.items():
        for bench in _one_of_each_instrument(lab, campaign, step, cell_id):
            try:
                target = find_target(lab, bench)
                refuse_absent_channel(connection, target)
                prepare(plan, lab.limits, target, cycler_for(target.instrument), able)
            except LaunchRefused as error:
                problems += [f"step {step.name}, cell {cell_id}: {problem}" for problem in error.problems]
            except DriverError as error:
                problems.append(f"step {step.name}, bench {bench}: {error}")
    return problems


def _one_of_each_instrument(lab: Lab, campaign: Campaign, step: Step, cell_id: str) -> list[str]:
    seen: dict[str, str] = {}
    for bench in campaign.candidates(step, cell_id):
        place = lab.benches.get(bench)
        seen.setdefault(place.instrument if place is not None else bench, bench)
    return list(seen.values())


def _expected(plan: Plan) -> Expected:
    sets = any(isinstance(item, SetTemperature) for item in plan.items)
    return Expected(plan.estimate.duration_s, sets)
