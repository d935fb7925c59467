"""What every Chamber must do: a driver's tests call these over small servers and over the virtual chamber.

Each takes an opened chamber that nobody else uses. None of them waits: what takes the chamber's time is not asked.
"""

from __future__ import annotations

import math

import pytest

from drivers.contracts import Chamber, ChamberState, ChamberStatus
from drivers.errors import Unsafe
from drivers.exchanged import tell_of_exchanges

__all__ = ["check_identity", "check_limits", "check_observation", "check_set_and_stop", "check_unsafe"]

_TOLERANCE_K = 0.1
_WARMEST_degC, _COLDEST_degC = 500.0, -200.0


def check_identity(chamber: Chamber) -> None:
    """It says who it is, twice the same."""
    assert isinstance(chamber, Chamber)
    identity = chamber.identify()
    assert identity.vendor
    assert identity.address
    assert chamber.identify() == identity


def check_limits(chamber: Chamber) -> tuple[float, float]:
    """Limits are a range of temperatures."""
    low_degC, high_degC = chamber.limits_degC()
    assert _COLDEST_degC < low_degC < high_degC < _WARMEST_degC
    return low_degC, high_degC


def check_observation(chamber: Chamber) -> ChamberStatus:
    """A look tells temperatures in degrees Celsius, or that there are none; its sensor works here.

    Exchanges are told of as they come back.
    """
    exchanges = []
    tell_of_exchanges(lambda: exchanges.append(1))
    seen = chamber.observe()
    assert exchanges
    assert isinstance(seen.state, ChamberState)
    assert seen.native_state
    assert seen.process_degC is not None
    for temperature_degC in (seen.process_degC, seen.set_point_degC, seen.ramping_set_point_degC):
        assert temperature_degC is None or _COLDEST_degC < temperature_degC < _WARMEST_degC
    assert seen.output_percent is None or -100 <= seen.output_percent <= 100
    assert all(isinstance(line, str) and line for line in seen.alarms)
    return seen


def check_unsafe(chamber: Chamber) -> None:
    """What is outside the limits, and what is no number, is refused, and nothing has changed."""
    low_degC, high_degC = chamber.limits_degC()
    before = chamber.observe()
    for target_degC in (low_degC - 0.5, high_degC + 0.5, 1e6, math.nan, math.inf, -math.inf):
        with pytest.raises(Unsafe):
            chamber.set_temperature(target_degC)
    for ramp_K_per_min in (math.nan, math.inf, 0.0, -1.0, 1e39):
        with pytest.raises(Unsafe):
            chamber.set_temperature((low_degC + high_degC) / 2, ramp_K_per_min)
    after = chamber.observe()
    assert (after.state, after.set_point_degC) == (before.state, before.set_point_degC)


def check_set_and_stop(chamber: Chamber, target_degC: float, ramp_K_per_min: float | None = None) -> None:
    """It goes where it is sent and runs, twice in a row without harm; off is off, and twice off is off."""
    for _ in range(2):
        chamber.set_temperature(target_degC, ramp_K_per_min)
        seen = chamber.observe()
        assert seen.state is ChamberState.RUNNING
        assert seen.set_point_degC == pytest.approx(target_degC, abs=_TOLERANCE_K)
    for limit_degC in chamber.limits_degC():
        chamber.set_temperature(limit_degC)
        assert chamber.observe().set_point_degC == pytest.approx(limit_degC, abs=_TOLERANCE_K)
    for _ in range(2):
        chamber.stop()
        assert chamber.observe().state is ChamberState.OFF
    chamber.close()
    assert chamber.observe().state is ChamberState.OFF  # a later call reconnects
