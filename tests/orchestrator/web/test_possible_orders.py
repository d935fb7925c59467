"""Which orders a run takes, told beforehand: none is greyed out without a reason, none is refused unforeseen."""

from __future__ import annotations

import pytest

from orchestrator.run_state import TERMINAL, RunState
from orchestrator.web.models.run import ProgressAnswer, RunAnswer
from orchestrator.web.possible_orders import ORDERS, possible_orders, resume_verb

NOWHERE = dict.fromkeys(ProgressAnswer.model_fields, None) | {
    "cycles_done": 0,
    "cycles_total": 5,
    "cycles_about": False,
    "item": 0,
    "items": 2,
    "fraction": 0.0,
}


def run(state: RunState, desired: str = "run", *, item: int = 0, prompt: str | None = None) -> RunAnswer:
    values = dict.fromkeys(RunAnswer.model_fields, None) | {
        "id": 17,
        "protocol": "formation",
        "cell": "L1",
        "instrument": "bts-1",
        "channel": "27-21-1-1",
        "state": state.value,
        "ended": state in TERMINAL,
        "desired": desired,
        "prompt": prompt,
        "created_unix_s": 0.0,
        "created_by": "anna",
        "progress": ProgressAnswer.model_validate(NOWHERE | {"item": item}),
    }
    return RunAnswer.model_validate(values)


def possible(one: RunAnswer, *, tripped: bool = False) -> set[str]:
    return {order for order, why in possible_orders(one, tripped=tripped).items() if not why}


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_nothing_can_be_asked_of_a_run_that_has_ended(state: RunState) -> None:
    assert possible(run(state)) == set()


@pytest.mark.parametrize("state", [state for state in RunState if state not in TERMINAL])
@pytest.mark.parametrize("desired", ["run", "pause", "stop"])
@pytest.mark.parametrize("tripped", [False, True])
def test_a_stop_is_possible_until_the_end(state: RunState, desired: str, tripped: bool) -> None:
    assert "stop" in possible(run(state, desired, prompt="look"), tripped=tripped)
    assert set(possible_orders(run(state, desired), tripped=tripped)) == set(ORDERS)


def test_of_a_running_one_and_of_a_paused_one() -> None:
    assert possible(run(RunState.RUNNING)) == {"pause", "stop"}
    assert possible(run(RunState.PAUSED, "pause")) == {"resume", "stop"}
    assert possible(run(RunState.PAUSING, "pause")) == {"resume", "stop"}
    assert possible(run(RunState.STOPPING, "stop")) == {"stop"}


def test_a_trip_holds_a_run_until_it_is_acknowledged() -> None:
    assert possible(run(RunState.PAUSED, "pause"), tripped=True) == {"stop"}
    assert "trip" in possible_orders(run(RunState.PAUSED, "pause"), tripped=True)["resume"]


def test_a_prompt_is_confirmed_not_resumed() -> None:
    asked = run(RunState.WAITING, item=1, prompt="Move the cell into the oven")
    assert possible(asked) == {"pause", "stop", "confirm"}
    assert "confirm" in possible_orders(asked, tripped=False)["resume"]


def test_one_that_was_held_back_before_it_began_is_released() -> None:
    held = run(RunState.WAITING)
    assert "resume" in possible(held)
    assert (resume_verb(held), resume_verb(run(RunState.PAUSED, "pause"))) == ("Release", "Resume")
