"""Which orders a run takes now, and why not the others: the same rules as the routes, told before one tries."""

from __future__ import annotations

from orchestrator.run_state import RunState
from orchestrator.web.models.run import RunAnswer

__all__ = ["ORDERS", "OVER", "possible_orders", "resume_verb"]

ORDERS = ("pause", "resume", "stop", "confirm")
N_ = str

OVER = N_("This run has ended.")
_STOPPING = N_("This run is being stopped.")
_HELD = N_("This run is paused, or will be as soon as its channel can.")
_GOES_ON = N_("Nothing holds this run: it goes on by itself.")
_ASKS = N_("This run waits for a person: do what it asks, then confirm.")
_ASKS_NOTHING = N_("This run asks nobody to confirm anything.")
_TRIPPED = N_("A trip of an interlock holds this run: acknowledge the trip first.")


def possible_orders(run: RunAnswer, *, tripped: bool) -> dict[str, str]:
    """By order, why it is not possible; an empty text where it is. A stop is possible until the run has ended."""
    if run.ended:
        return dict.fromkeys(ORDERS, OVER)
    confirm = "" if run.prompt is not None else _ASKS_NOTHING
    if run.desired == "stop":
        return {"pause": _STOPPING, "resume": _STOPPING, "stop": "", "confirm": _STOPPING}
    pause = _HELD if run.desired == "pause" else ""
    return {"pause": pause, "resume": _why_no_resume(run, tripped), "stop": "", "confirm": confirm}


def resume_verb(run: RunAnswer) -> str:
    """What letting it go on is called: a run that was held back before it began is released."""
    return N_("Release") if _waits_to_begin(run) else N_("Resume")


def _why_no_resume(run: RunAnswer, tripped: bool) -> str:
    if tripped:
        return _TRIPPED
    if run.desired == "pause" or (_waits_to_begin(run) and run.prompt is None):
        return ""
    return _ASKS if run.prompt is not None else _GOES_ON


def _waits_to_begin(run: RunAnswer) -> bool:
    return run.desired == "run" and run.state == RunState.WAITING and run.progress.item == 0
