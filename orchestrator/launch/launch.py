"""One launch, from request to queued run."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from drivers.contracts import Cycler
from orchestrator.config import InstrumentPlace, Lab
from orchestrator.launch.able_channels import AbleChannels
from orchestrator.launch.full_disk import refuse_full_disk
from orchestrator.launch.known_cell import known_cell
from orchestrator.launch.known_protocol import known_protocol
from orchestrator.launch.latched_trip import refuse_tripped
from orchestrator.launch.occupancy import refuse_absent_channel, refuse_busy_cell, refuse_silent_instrument, run_ahead
from orchestrator.launch.prepared import prepare
from orchestrator.launch.request import LaunchedRun, LaunchRequest
from orchestrator.launch.stored_run import store_run
from orchestrator.launch.target import find_target
from protocols.compile import compile_protocol

__all__ = ["launch"]


def launch(
    connection: Connection,
    lab: Lab,
    cycler_for: Callable[[InstrumentPlace], Cycler],
    request: LaunchRequest,
    now_unix_s: float,
    actor: str,
) -> LaunchedRun:
    """Compile once, check everything, store the run as queued. Touches no instrument; the caller commits.

    Raises LaunchRefused and ProtocolErrors: then nothing of this launch has been written.
    """
    target = find_target(lab, request.place)
    cell = known_cell(connection, request.cell_id)
    protocol = known_protocol(connection, request.protocol, request.source)
    plan = compile_protocol(protocol, cell, request.parameters)
    able = AbleChannels(lab, cycler_for, connection)
    prepared = prepare(plan, lab.limits, target, cycler_for(target.instrument), able)
    refuse_full_disk(connection, lab)
    refuse_absent_channel(connection, target)
    refuse_tripped(connection, lab, target, cell.id)
    refuse_busy_cell(connection, cell.id, target)
    behind = run_ahead(connection, cell.id, target)
    if behind is None:
        refuse_silent_instrument(connection, target)
    run_id = store_run(connection, protocol, prepared, target, now_unix_s, actor, request.note)
    return LaunchedRun(run_id, target, plan, behind, prepared.watched_by_service)
