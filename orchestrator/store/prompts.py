"""Prompts: what a person must do and confirm before a plan goes on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select, update

from orchestrator.store.tables import prompts
from orchestrator.store.upsert import upsert

__all__ = ["Prompt", "answer_prompt", "find_prompt", "raise_prompt"]


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt of one run. Open until ``answered_unix_s``."""

    run_id: int
    item: int
    text: str
    raised_unix_s: float
    answered_unix_s: float | None
    answered_by: str | None


def raise_prompt(connection: Connection, run_id: int, item: int, text: str, *, now: float) -> None:
    """Ask a person; what was asked already stays as it is, with its answer."""
    row = {"run_id": run_id, "item": item, "text": text, "raised_unix_s": now}
    upsert(connection, prompts, [row], keep=tuple(row))


def find_prompt(connection: Connection, run_id: int, item: int) -> Prompt | None:
    """What was asked at this item of the plan, None where nothing has been."""
    query = select(prompts).where(prompts.c.run_id == run_id, prompts.c.item == item)
    row = connection.execute(query).one_or_none()
    return None if row is None else Prompt(*row)


def answer_prompt(connection: Connection, run_id: int, item: int, *, by: str, now: float) -> bool:
    """Note that somebody has confirmed; False where nothing is open there. The first answer stands."""
    opened = update(prompts).where(
        prompts.c.run_id == run_id, prompts.c.item == item, prompts.c.answered_unix_s.is_(None)
    )
    return bool(connection.execute(opened.values(answered_unix_s=now, answered_by=by)).rowcount)
