"""The node's own calendar."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from orchestrator.housekeeping.calendar import Housekeeping


def test_a_job_that_was_missed_is_made_up_for_once_and_its_trouble_ends_nothing() -> None:
    done: list[str] = []

    async def story() -> None:
        made_up = asyncio.Event()

        async def job() -> None:
            done.append("made up")
            made_up.set()

        async def broken() -> None:
            done.append("broken")

        calendar = Housekeeping()
        calendar.add("backup", "0 3 * * *", job)
        calendar.add("other", "0 3 * * *", broken)
        for job_id in ("backup", "other"):
            missed = datetime.now(UTC) - timedelta(hours=2)
            calendar._scheduler.get_job(job_id).modify(next_run_time=missed)
        task = asyncio.create_task(calendar.run())
        await asyncio.wait_for(made_up.wait(), 120)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(story())
    assert sorted(done) == ["broken", "made up"]
