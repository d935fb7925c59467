"""Where the node, and what it starts, can be made to die; see :mod:`drivers.crash_point`.

One point at every transition of a run: before what changes the world, after it, and after it has been written down.
``make soak`` kills at each of them.
"""

from __future__ import annotations

from enum import StrEnum

from drivers.biologic.crash_points import EclibPoint

__all__ = ["ALL_POINTS", "Point"]


class Point(StrEnum):
    """Grouped by what the node is about."""

    # ---- a look and its records
    READ = "read"
    """Records have been read; nothing of them is stored."""
    RECORDS_WRITTEN = "records-written"
    """They stand in a transaction that is not committed."""
    RECORDS_COMMITTED = "records-committed"
    """They are committed, with the cursor behind them; whoever waits has not been told."""

    # ---- a start
    START_DECIDED = "start-decided"
    START_INTENDED = "start-intended"
    """The intent is committed; nothing has been sent."""
    START_SENT = "start-sent"
    """The instrument has said yes; nobody has written it down."""
    TEST_SEEN = "test-seen"
    """The test was found on its channel; the intent is still open."""
    TEST_RECOGNISED = "test-recognised"
    ATTEMPT_FAILED = "attempt-failed"
    """A start that did not arrive is settled, and another attempt is there."""

    # ---- the end of a segment
    SEGMENT_ENDED = "segment-ended"
    """All of its records are stored; that it is over is not."""
    SEGMENT_FINISHED = "segment-finished"
    """It is over, and the next one has not begun."""
    RUN_ENDED = "run-ended"
    RUN_COMPLETED = "run-completed"
    """The run is complete and its analyses are queued; nobody has begun with them."""
    ANALYSIS_BEGUN = "analysis-begun"
    """The node has started a process for them."""
    ANALYSIS_TAKEN = "analysis-taken"
    """That process has taken one and has not stored its result."""

    # ---- orders
    ORDER_INTENDED = "order-intended"
    """The intent to pause, to go on, or to end at a cycle is committed; nothing has been sent."""
    ORDER_SENT = "order-sent"
    STOP_DECIDED = "stop-decided"
    STOP_SENT = "stop-sent"
    """The stop has been sent and is written nowhere."""
    STOP_WRITTEN = "stop-written"
    """It is written; nobody has looked whether it worked."""
    STOP_VERIFIED = "stop-verified"

    # ---- a person
    PROMPT_DECIDED = "prompt-decided"
    PROMPT_RAISED = "prompt-raised"
    PROMPT_PASSED = "prompt-passed"
    """A person has confirmed and the run has gone on."""

    # ---- a chamber
    TEMPERATURE_DECIDED = "temperature-decided"
    TEMPERATURE_INTENDED = "temperature-intended"
    TEMPERATURE_SENT = "temperature-sent"
    """The chamber has taken the set point; nobody has written it down."""
    TEMPERATURE_TAKEN = "temperature-taken"
    SOAKING = "soaking"
    """In the middle of a soak."""
    BARRIER_DECIDED = "barrier-decided"
    """The temperature is reached; the runs of the batch have not gone on."""
    BARRIER_PASSED = "barrier-passed"
    """All of them have gone on; no channel knows it yet."""

    # ---- an interlock
    TRIP_FOUND = "trip-found"
    TRIP_SENT = "trip-sent"
    """The stop has been sent; the trip is written nowhere."""
    TRIP_STORED = "trip-stored"

    # ---- a campaign
    CAMPAIGN_LAUNCHED = "campaign-launched"
    """Runs stand in a transaction; that their jobs have them stands nowhere."""
    CAMPAIGN_WRITTEN = "campaign-written"
    """Everything of one look stands in a transaction that is not committed: begun, asked, launched, over."""
    CAMPAIGN_COMMITTED = "campaign-committed"
    """It is committed; no instrument has been woken for it."""

    # ---- an upgrade
    UPGRADE_WRITTEN = "upgrade-written"
    """All migrations stand in a transaction that is not committed."""
    UPGRADE_COMMITTED = "upgrade-committed"


ALL_POINTS: tuple[Point | EclibPoint, ...] = (*Point, *EclibPoint)
