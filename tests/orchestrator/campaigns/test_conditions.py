"""What an analysis has found, held against a condition: in its unit, and without one where it is a plain number."""

from __future__ import annotations

import pytest

from orchestrator.campaigns.definition import Campaign, Condition
from orchestrator.run_state import RunState
from tests.orchestrator.campaigns.campaign_world import World, protocol_step


def judged(condition: Condition, value: float, unit: str) -> tuple[str, str]:
    """State and reason of the step behind the condition, when its analysis has found this."""
    steps = (
        protocol_step("first", ("L1",), (), "neware"),
        protocol_step("second", ("L1",), ("first",), "neware", when=condition),
    )
    world = World.of(Campaign("any", "", ("L1",), {"neware": ("A1",)}, {}, {"L1": "A1"}, steps))
    world.look()
    world.run_becomes(world.active()[0], RunState.COMPLETED)
    world.analysed("L1", "first", value, unit)
    world.look()
    job = world.job("second", "L1")
    return job.state, job.reason or ""


@pytest.mark.parametrize("unit", ["1", ""])
@pytest.mark.parametrize("written", ["1", ""], ids=["now", "stored before a unit was asked for"])
def test_a_plain_number_has_the_unit_1_or_none(unit: str, written: str) -> None:
    line = Condition("arrhenius", "R squared", "first", written, above=0.98)

    assert judged(line, 0.99, unit)[0] == "running"
    assert judged(line, 0.9, unit) == ("left", "R squared is 0.9, not above 0.98")


def test_another_unit_is_never_compared() -> None:
    line = Condition("retention", "fade rate", "first", "%/cycle", below=0.1)

    state, reason = judged(line, 0.05, "1")
    assert state == "failed"
    assert "it is in no unit, the campaign says %/cycle" in reason
