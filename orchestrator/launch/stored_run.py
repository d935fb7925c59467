"""Writing a run: protocol, run and segments with the very bytes, in the caller's transaction."""

from __future__ import annotations

from sqlalchemy import Connection

from orchestrator.launch.prepared import Prepared
from orchestrator.launch.target import Target
from orchestrator.store.events import append_event
from orchestrator.store.protocol_files import put_protocol
from orchestrator.store.runs import insert_run
from orchestrator.store.segments import insert_segment
from protocols.reading import Protocol
from protocols.storage import dump_plan

__all__ = ["store_run"]

_FIRST_ATTEMPT = 1


def store_run(
    connection: Connection,
    protocol: Protocol,
    prepared: Prepared,
    target: Target,
    now_unix_s: float,
    actor: str,
    note: str,
) -> int:
    """Insert a queued run with its segments and its events; returns its id."""
    plan = prepared.plan
    run_id = insert_run(
        connection,
        cell_id=plan.cell.id,
        protocol_sha256=put_protocol(connection, protocol.name, protocol.source, now=now_unix_s, actor=actor),
        protocol=plan.protocol,
        instrument=target.instrument.name,
        channel=target.channel,
        plan=dump_plan(plan),
        actor=actor,
        now=now_unix_s,
        chamber=target.chamber,
    )
    for number, translation in prepared.translations.items():
        insert_segment(
            connection,
            run_id=run_id,
            number=number,
            attempt=_FIRST_ATTEMPT,
            tag=f"{plan.cell.id}#{run_id}.{number}.{_FIRST_ATTEMPT}",
            translation=translation,
        )
    if note:
        append_event(connection, now=now_unix_s, actor=actor, kind="note", message=note, run_id=run_id)
    return run_id
