"""A chamber with runs in it, as ``decide_chamber`` sees them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from drivers.contracts import ChamberState, ChamberStatus
from orchestrator.engine.chambers.decide_chamber import ChamberView
from orchestrator.engine.chambers.holds import find_holds
from orchestrator.engine.chambers.member import Member
from orchestrator.engine.chambers.stability import Stability
from orchestrator.run_state import RunState
from protocols.plan import SetTemperature

NOW = 1_780_000_000.0
STEP = SetTemperature(55.0, 0.5, 3600.0, 1.0, 8 * 3600.0, line=9)


def at_step(run_id: int, batch_id: int | None = None, **more: Any) -> Member:
    """A run that stands at its first of two temperature steps."""
    found = Member(
        run_id, RunState.WAITING, "run", item=1, temperatures=2, passed=0, step=STEP, batch_id=batch_id, reason=""
    )
    return replace(found, **more)


def driven(run_id: int, batch_id: int | None = None, **more: Any) -> Member:
    """A run whose channel carries out a segment before its first temperature step."""
    found = Member(run_id, RunState.RUNNING, "run", item=0, temperatures=2, passed=0, batch_id=batch_id)
    return replace(found, **more)


def shares(run_id: int, **more: Any) -> Member:
    """A run without temperature steps."""
    return replace(Member(run_id, RunState.RUNNING, "run", item=0, temperatures=0, passed=0), **more)


def seen(process_degC: float | None, set_point_degC: float | None, state: ChamberState = ChamberState.RUNNING) -> Any:
    """One look at the chamber."""
    return ChamberStatus(state, state.value, process_degC, set_point_degC)


def chamber(*members: Member, status: ChamberStatus | None = None, **more: Any) -> ChamberView:
    """The chamber ``oven-1`` with these runs in it, at 25 degC unless told otherwise; what it took, it took NOW."""
    more = {"wanted_unix_s": NOW} | more
    view = ChamberView("oven-1", status or seen(25.0, 25.0), "", find_holds(members))
    return replace(view, **more)


def stable(*samples: tuple[float, float | None], target_degC: float = 55.0) -> Stability:
    """Stability after samples at (seconds of the steady clock, degC)."""
    found = Stability(target_degC, 0.5, gap_max_s=60.0)
    for second, value in samples:
        found = found.add(second, value)
    return found
