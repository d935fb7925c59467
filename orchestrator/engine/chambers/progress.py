"""What a technician reads while a chamber is on its way: how far, and until when. Pure."""

from __future__ import annotations

from datetime import datetime

from orchestrator.engine.chambers.stability import Stability
from protocols.plan import SetTemperature

__all__ = ["progress"]

_MINUS = "\N{MINUS SIGN}"


def progress(chamber: str, step: SetTemperature, stability: Stability, now_unix_s: float, now_s: float) -> str:
    """One line: ``oven-1 to 55 °C: −4.2 K to go, soak starts at about 14:20``. Times of day are the service's own."""
    wanted = f"{chamber} to {step.target_degC:g} °C"
    if stability.frozen:
        return f"{wanted}: its temperature stands still at {stability.last_degC:g} °C; is the sensor alive?"
    if stability.since_s is not None:
        since_unix_s = now_unix_s - (now_s - stability.since_s)
        done = _time_of_day(since_unix_s + step.soak_s)
        return f"{wanted}: soaks since {_time_of_day(since_unix_s)}, done at about {done}"
    away_K = stability.away_K
    if away_K is None:
        return f"{wanted}: its sensor tells no temperature"
    left = f"{_MINUS if away_K < 0 else '+'}{abs(away_K):.1f} K to go"
    seconds = stability.seconds_to_go(step.ramp_K_per_min)
    if seconds is None:
        return f"{wanted}: {left}"
    after = f"soak starts at about {_time_of_day(now_unix_s + seconds)}" if step.soak_s else "then it goes on"
    return f"{wanted}: {left}, {after}"


def _time_of_day(unix_s: float) -> str:
    return f"{datetime.fromtimestamp(unix_s).astimezone():%H:%M}"
