"""What may go wrong with one call of a VSP-300."""

from __future__ import annotations

import math
from dataclasses import dataclass

from simulators.biologic.error_code import ErrorCode
from simulators.lab.refusal import LabRefusal

__all__ = ["CALL_FAULTS", "ORDERS", "CallFault", "parse_call_fault"]

_PLAIN = (
    "drop_request", "drop_link", "drop_reply", "close_before_reply", "close_mid_reply", "half_open", "garble",
    "false_ack", "wrong_limits",
)  # fmt: skip
_MOST_DELAY_s = 3600
ORDERS = frozenset(
    {"LoadFirmware", "LoadTechnique", "UpdateParameters", "StartChannel", "StartChannels", "StopChannel",
     "StopChannels", "SetExperimentInfos", "SetHardConf"}
)  # fmt: skip
"""What returns nothing but a code: such an answer can be false."""

CALL_FAULTS = (
    f"{', '.join(_PLAIN)}, refuse, {{error: code}}, {{delay_s: seconds}}, {{split: bytes}}, {{hang_s: seconds}}"
)
"""All of them, as a person writes them."""


@dataclass(frozen=True, slots=True)
class CallFault:
    """``kind`` is how the call suffers; ``value`` is a code, wall seconds, or bytes a piece."""

    kind: str
    value: float = 0.0

    def concerns(self, call: str) -> bool:
        """Whether it can happen to this call."""
        match self.kind:
            case "false_ack":
                return call in ORDERS
            case "wrong_limits":
                return call in ("LoadTechnique", "UpdateParameters")
            case _:
                return True


def parse_call_fault(do: object) -> CallFault | None:
    """Read ``do``; None where it is none of these. Raises LabRefusal where one of these has an impossible value."""
    match do:
        case "refuse":
            return CallFault("error", ErrorCode.FUNCTIONINPROGRESS)
        case str(kind) if kind in _PLAIN:
            return CallFault(kind)
        case {"error": int(code), **rest} if not rest:
            if code not in set(ErrorCode) or not code:
                raise LabRefusal("do must be one of …, {error: a code of EClib, such as -12 or -200}")
            return CallFault("error", code)
        case {"split": int(size), **rest} if not rest and size >= 1:
            return CallFault("split", size)
        case {"delay_s": int() | float() as seconds, **rest} if not rest:
            return CallFault("delay_s", _wall(seconds))
        case {"hang_s": int() | float() as seconds, **rest} if not rest:
            return CallFault("hang_s", _wall(seconds))
    return None


def _wall(seconds: float) -> float:
    if isinstance(seconds, bool) or not (math.isfinite(seconds) and 0 <= seconds <= _MOST_DELAY_s):
        raise LabRefusal(f"do must be one of …, with wall seconds from 0 to {_MOST_DELAY_s}")
    return float(seconds)
